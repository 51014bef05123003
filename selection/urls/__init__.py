"""Addresses of the selection, one module a room."""

from django.urls import include, path

urlpatterns = [
    path("", include("selection.urls.ranking")),
    path("", include("selection.urls.questions")),
    path("", include("selection.urls.pool")),
    path("", include("selection.urls.ratings")),
    path("", include("selection.urls.models")),
    path("", include("selection.urls.notes")),
    path("", include("selection.urls.rounds")),
    path("", include("selection.urls.consultation")),
    path("", include("selection.urls.decisions")),
]
