"""Addresses of the selection, one module a room."""

from django.urls import include, path

urlpatterns = [
    path("", include("selection.ranking.pages")),
    path("", include("selection.ranking.question_pages")),
    path("", include("selection.pool.pages")),
    path("", include("selection.ratings.pages")),
    path("", include("selection.model_versions.pages")),
    path("", include("selection.notes.pages")),
    path("", include("selection.rounds.pages")),
    path("", include("selection.consultation.pages")),
    path("", include("selection.decisions.pages")),
]
