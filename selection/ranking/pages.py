"""URLs of the ranking."""

from django.urls import path

from selection.ranking.views import ranking as views

urlpatterns = [
    path("ranking/", views.ranking, name="ranking"),
    path("ranking/compute/", views.compute, name="ranking-compute"),
]
