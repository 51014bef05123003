"""URLs of the selection: those of every room."""

from django.urls import include, path

ROOMS = (
    "ranking",
    "countries",
    "method",
    "model_versions",
    "what_if",
    "how_sure",
    "country_comparison",
    "run_comparison",
    "backtest",
    "restrictions",
    "pool",
    "ratings",
    "consultation",
    "notes",
    "comment_matrix",
    "dossier",
    "decisions",
    "rounds",
)

urlpatterns = [path("", include(f"selection.{room}.pages")) for room in ROOMS]
