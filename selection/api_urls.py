"""Addresses under /api/v1/."""

from django.urls import path

from selection.backtest import api as backtest_api
from selection.consultation import api as consultation_api
from selection.criteria_consultation import api as criteria_api
from selection.decisions import api as decisions_api
from selection.going_on import api as going_on_api
from selection.model_versions import api as model_versions_api
from selection.notes import api as notes_api
from selection.pool import api as pool_api
from selection.proof import api as proof_api
from selection.ranking.api import views as views_api
from selection.ratings import api as ratings_api
from selection.restrictions import api as restrictions_api
from selection.rounds import api as rounds_api
from selection.weighting import api as weighting_api
from selection.what_if import api as what_if_api

READ = (
    *rounds_api.RESOURCES,
    *consultation_api.RESOURCES,
    *notes_api.RESOURCES,
    *decisions_api.RESOURCES,
    *restrictions_api.RESOURCES,
    *model_versions_api.RESOURCES,
    *backtest_api.RESOURCES,
    *what_if_api.RESOURCES,
)
"""Resources of selection that are only read."""

urlpatterns = [
    *(url for resource in READ for url in resource.urls()),
    path("scenarios/<int:row>/answer/", what_if_api.ScenarioAnswer.as_view(), name="selection-scenario-answer"),
    path("runs/", views_api.Runs.listing(), name="runs"),
    path("runs/<int:run>/proof/", proof_api.ProofOfRun.as_view(), name="proof"),
    path("rounds/<int:pk>/obstacles/", going_on_api.RoundObstacles.as_view(), name="round-obstacles"),
    path("rounds/<int:pk>/positions/", consultation_api.PositionsOfRound.as_view(), name="round-positions"),
    path("rounds/<int:pk>/ratings/", ratings_api.RatingsOfRound.as_view(), name="round-ratings"),
    path("pool/", pool_api.TodaysPool.as_view(), name="pool"),
    path("weightings/", weighting_api.WeightingExercises.as_view(), name="weightings"),
    path(
        "model-versions/<int:model>/criteria/",
        criteria_api.CriteriaConsultation.as_view(),
        name="criteria-consultation",
    ),
    path("rankings/", views_api.NewestRanking.as_view(), name="rankings"),
    path("rankings/<int:run>/", views_api.RankingOfRun.as_view(), name="ranking"),
    path("rankings/<int:run>/countries/<slug:code>/", views_api.CountryOfRun.as_view(), name="country-score"),
]
