"""URLs of the backtest."""

from cpc.web.pages import Page
from selection.backtest import views
from selection.tabs import CHOOSING

PAGES = [
    Page("ranking/backtest/", views.backtest, "backtest", tab=CHOOSING("Backtest")),
    Page("ranking/backtest/compute/", views.compute, "backtest-compute"),
]
