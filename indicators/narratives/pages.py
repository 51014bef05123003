"""URLs of the pages of narratives."""

from cpc.web.pages import Page
from indicators.narratives import views

PAGES = [
    Page("narratives/", views.narratives, "narratives"),
    Page("narratives/<int:pk>/", views.narrative, "narrative"),
    Page("narratives/<int:pk>/forms/<int:form_id>/", views.ReviewForm, "review-form"),
]
