"""URLs of the ranking."""

from cpc.web.pages import Page
from selection.ranking.views import ranking as views
from selection.tabs import CHOOSING

PAGES = [
    Page("ranking/", views.ranking, "ranking", tab=CHOOSING("Ranking"), header=("Ranking", 20)),
    Page("ranking/compute/", views.compute, "ranking-compute"),
]
