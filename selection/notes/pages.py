"""URLs of notes."""

from cpc.web.pages import Page
from selection.notes import views

PAGES = [
    Page("rounds/<int:pk>/notes/new/", views.WriteNote, "note-new"),
    Page("rounds/<int:pk>/notes/<slug:reference>/", views.note, "note"),
    Page("rounds/<int:pk>/notes/<slug:reference>/files/<int:attachment>/", views.file, "note-file"),
    Page("rounds/<int:pk>/notes/<slug:reference>/<slug:name>/", views.note_action, "note-act"),
]
