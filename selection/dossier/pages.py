"""URLs of dossiers."""

from cpc.web.pages import Page
from selection.dossier import views

PAGES = [
    Page("rounds/<int:pk>/candidates/<slug:code>/", views.dossier, "dossier"),
]
