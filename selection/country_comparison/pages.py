"""URLs of the comparison of countries."""

from cpc.web.pages import Page
from selection.country_comparison import views
from selection.tabs import CHOOSING

PAGES = [
    Page("ranking/compare/", views.compare, "compare-countries", tab=CHOOSING("Compare")),
]
