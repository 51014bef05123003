"""Addresses of rankings, countries, method and runs."""

from django.urls import path

from selection.views import countries, method, ranking, runs, two_runs

urlpatterns = [
    path("ranking/", ranking.ranking, name="ranking"),
    path("ranking/compute/", ranking.compute, name="ranking-compute"),
    path("countries/", countries.countries, name="countries"),
    path("countries/<slug:code>/", countries.country, name="country"),
    path("method/", method.method, name="method"),
    path("runs/", runs.runs, name="runs"),
    path("runs/compare/", two_runs.compare_runs, name="runs-compare"),
    path("runs/as-known/", runs.as_known, name="run-as-known"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/replay/", runs.replay, name="run-replay"),
]
