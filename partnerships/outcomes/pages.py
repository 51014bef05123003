"""URLs of the outcomes."""

from cpc.web.pages import Page
from partnerships.outcomes import views
from selection.tabs import CHOOSING

PAGES = [
    Page("outcomes/", views.page, "outcomes", tab=CHOOSING("Outcomes"), below="ranking"),
]
