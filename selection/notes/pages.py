"""URLs of notes."""

from django.urls import path

from selection.notes import views

urlpatterns = [
    path("rounds/<int:pk>/notes/new/", views.WriteNote.as_view(), name="note-new"),
    path("rounds/<int:pk>/notes/<slug:reference>/", views.note, name="note"),
    path("rounds/<int:pk>/notes/<slug:reference>/files/<int:attachment>/", views.file, name="note-file"),
    path("rounds/<int:pk>/notes/<slug:reference>/<slug:name>/", views.note_action, name="note-act"),
]
