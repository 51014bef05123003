"""Addresses of notes and of the comment matrix; one for the office and for reviewers, by what each may see."""

from django.urls import path

from selection.views import matrix, notes

urlpatterns = [
    path("rounds/<int:pk>/matrix/", matrix.matrix, name="round-matrix"),
    path("rounds/<int:pk>/matrix/template/", matrix.template, name="matrix-template"),
    path("rounds/<int:pk>/matrix/import/", matrix.send, name="matrix-import"),
    path("rounds/<int:pk>/matrix/import/<int:upload>/", matrix.upload, name="matrix-upload"),
    path("rounds/<int:pk>/notes/new/", notes.new, name="note-new"),
    path("rounds/<int:pk>/notes/<slug:reference>/", notes.note, name="note"),
    path("rounds/<int:pk>/notes/<slug:reference>/files/<int:attachment>/", notes.file, name="note-file"),
    path("rounds/<int:pk>/notes/<slug:reference>/<slug:name>/", notes.act, name="note-act"),
]
