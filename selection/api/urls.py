"""Addresses under /api/v1/."""

from django.urls import path

from selection.api import pool, views

urlpatterns = [
    path("runs/", views.Runs.listing(), name="runs"),
    path("pool/", pool.TodaysPool.as_view(), name="pool"),
    path("rankings/", views.NewestRanking.as_view(), name="rankings"),
    path("rankings/<int:run>/", views.RankingOfRun.as_view(), name="ranking"),
    path("rankings/<int:run>/countries/<slug:code>/", views.CountryOfRun.as_view(), name="country-score"),
]
