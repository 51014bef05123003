"""URLs of the ranking."""

from cpc.web.pages import Page
from selection.page_frame import CHOOSING
from selection.ranking.views import ranking as views

PAGES = [
    Page("ranking/", views.ranking, "ranking", tab=CHOOSING("Ranking"), header=("Ranking", 20)),
    Page("ranking/compute/", views.compute, "ranking-compute"),
]
