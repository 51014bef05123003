"""Addresses of notes and of the comment matrix; one for the office and for reviewers, by what each may see."""

from django.urls import path

from selection.comment_matrix import views as comment_matrix_views
from selection.notes import views

urlpatterns = [
    path("rounds/<int:pk>/matrix/", comment_matrix_views.matrix, name="round-matrix"),
    path("rounds/<int:pk>/matrix/template/", comment_matrix_views.template, name="matrix-template"),
    path("rounds/<int:pk>/matrix/import/", comment_matrix_views.SendMatrix.as_view(), name="matrix-import"),
    path(
        "rounds/<int:pk>/matrix/import/<int:upload>/", comment_matrix_views.TakeInMatrix.as_view(), name="matrix-upload"
    ),
    path("rounds/<int:pk>/notes/new/", views.WriteNote.as_view(), name="note-new"),
    path("rounds/<int:pk>/notes/<slug:reference>/", views.note, name="note"),
    path("rounds/<int:pk>/notes/<slug:reference>/files/<int:attachment>/", views.file, name="note-file"),
    path("rounds/<int:pk>/notes/<slug:reference>/<slug:name>/", views.note_action, name="note-act"),
]
