"""URLs of the pages of narratives."""

from cpc.web.pages import Page
from indicators.narratives import views

PAGES = [Page("narratives/", views.narratives, "narratives")]
