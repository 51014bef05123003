"""URLs of the method."""

from cpc.web.pages import Page
from selection.method import views
from selection.tabs import CHOOSING

PAGES = [
    Page("method/", views.method, "method", tab=CHOOSING("Method"), footer=("Method", 60)),
]
