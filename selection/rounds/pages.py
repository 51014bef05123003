"""URLs of selection rounds."""

from cpc.web.pages import Page
from selection.page_frame import ROUND_TABS
from selection.rounds import views

PAGES = [
    Page("rounds/", views.rounds, "rounds", header=("Rounds", 25)),
    Page("rounds/new/", views.OpenRound, "round-new"),
    Page("rounds/<int:pk>/", views.one, "round", tab=ROUND_TABS("Round")),
    Page("rounds/<int:pk>/edit/", views.EditRound, "round-edit"),
    Page("rounds/<int:pk>/step/<slug:name>/", views.TakeRoundStep, "round-step"),
    Page("rounds/<int:pk>/score/", views.score, "round-score"),
    Page("rounds/<int:pk>/pool/", views.pool, "round-pool", tab=ROUND_TABS("Pool")),
    Page("rounds/<int:pk>/pool/<slug:code>/", views.MoveCountry, "round-move"),
]
