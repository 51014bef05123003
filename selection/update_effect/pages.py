"""URLs of the pages on effects of updates."""

from cpc.web.pages import Page
from selection.update_effect import views

PAGES = [Page("data/updates/<int:pk>/ranks/", views.ranks, "update-ranks")]
