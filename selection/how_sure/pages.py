"""URLs of the page How sure."""

from cpc.web.pages import Page
from selection.how_sure import views
from selection.tabs import CHOOSING

PAGES = [
    Page("ranking/how-sure/", views.page, "how-sure", tab=CHOOSING("How sure")),
]
