"""URLs of the pages of TIP recommendations."""

from cpc.web.pages import Page
from indicators.tip_recommendations import views

PAGES = [
    Page("countries/<str:code>/recommendations/", views.recommendations, "recommendations"),
    Page(
        "countries/<str:code>/recommendations/<str:editions>/confirm/", views.ConfirmMatches, "recommendations-confirm"
    ),
]
