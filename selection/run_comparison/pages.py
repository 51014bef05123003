"""URLs of runs and of two rankings side by side."""

from django.urls import path

from selection.run_comparison.views import runs, two_runs

urlpatterns = [
    path("runs/", runs.runs, name="runs"),
    path("runs/compare/", two_runs.compare_runs, name="runs-compare"),
    path("runs/as-known/", runs.LookBack.as_view(), name="run-as-known"),
    path("runs/<int:pk>/", runs.run, name="run"),
    path("runs/<int:pk>/replay/", runs.replay, name="run-replay"),
]
