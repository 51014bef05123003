"""URLs of restrictions."""

from cpc.web.pages import Page
from selection.page_frame import ROUND_TABS
from selection.restrictions import views

_COUNTRY = "countries/<slug:code>/restrictions/"


PAGES = [
    Page("rounds/<int:pk>/restrictions/", views.overview, "round-restrictions", tab=ROUND_TABS("Restrictions")),
    Page(_COUNTRY, views.country, "restrictions"),
    Page(f"{_COUNTRY}review/", views.RecordReview, "restriction-review"),
    Page(f"{_COUNTRY}list/", views.ReviewList, "restriction-list"),
]
