"""Addresses under /api/v1/."""

from django.urls import path

from selection.consultation import api as consultation_api
from selection.criteria_consultation import api as criteria_api
from selection.going_on import api as going_on_api
from selection.pool import api as pool_api
from selection.proof import api as proof_api
from selection.ranking.api import views as views_api
from selection.ratings import api as ratings_api
from selection.weighting import api as weighting_api

urlpatterns = [
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
