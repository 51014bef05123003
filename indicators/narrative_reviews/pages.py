"""URLs of the pages on which narratives are read and confirmed."""

from cpc.web.pages import Page
from indicators.narrative_reviews import views

PAGES = [Page("narratives/<int:pk>/", views.ReadNarrative, "narrative")]
