"""Addresses of rankings, countries, method and runs."""

from django.urls import path

from selection.countries import views as countries_views
from selection.method import views as method_views
from selection.ranking.views import ranking as ranking_views
from selection.run_comparison.views import runs as runs_views
from selection.run_comparison.views import two_runs as two_runs_views

urlpatterns = [
    path("ranking/", ranking_views.ranking, name="ranking"),
    path("ranking/compute/", ranking_views.compute, name="ranking-compute"),
    path("countries/", countries_views.countries, name="countries"),
    path("countries/<slug:code>/", countries_views.country, name="country"),
    path("method/", method_views.method, name="method"),
    path("runs/", runs_views.runs, name="runs"),
    path("runs/compare/", two_runs_views.compare_runs, name="runs-compare"),
    path("runs/as-known/", runs_views.LookBack.as_view(), name="run-as-known"),
    path("runs/<int:pk>/", runs_views.run, name="run"),
    path("runs/<int:pk>/replay/", runs_views.replay, name="run-replay"),
]
