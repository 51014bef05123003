"""URLs of stored runs and of the comparison of two rankings."""

from cpc.web.pages import Page
from selection.run_comparison.views import runs, two_runs
from selection.tabs import CHOOSING

PAGES = [
    Page("runs/", runs.runs, "runs", tab=CHOOSING("Runs"), below="ranking"),
    Page("runs/compare/", two_runs.compare_runs, "runs-compare"),
    Page("runs/as-known/", runs.LookBack, "run-as-known"),
    Page("runs/<int:pk>/", runs.run, "run", below="ranking"),
    Page("runs/<int:pk>/replay/", runs.replay, "run-replay"),
]
