"""Addresses of the questions asked of a ranking."""

from django.urls import path

from selection.backtest import views as backtest_views
from selection.country_comparison import views as country_comparison_views
from selection.how_sure import views as how_sure_views
from selection.what_if.views import draw_tables as draw_tables_views
from selection.what_if.views import page as page_views
from selection.what_if.views import scenarios as scenarios_views

_SCENARIO = "ranking/what-if/scenarios/<uuid:key>/"

urlpatterns = [
    path("ranking/what-if/", page_views.what_if, name="what-if"),
    path("ranking/what-if/draft/", scenarios_views.DraftModel.as_view(), name="what-if-draft"),
    path("ranking/what-if/scenarios/new/", scenarios_views.KeepScenario.as_view(), name="scenario-new"),
    path(_SCENARIO, scenarios_views.scenario, name="scenario"),
    path(f"{_SCENARIO}share/", scenarios_views.ShareScenario.as_view(), name="scenario-share"),
    path(f"{_SCENARIO}withdraw/", scenarios_views.WithdrawScenario.as_view(), name="scenario-withdraw"),
    path("ranking/what-if/draws/", draw_tables_views.draws, name="what-if-draws"),
    path("ranking/compare/", country_comparison_views.compare, name="compare-countries"),
    path("ranking/how-sure/", how_sure_views.page, name="how-sure"),
    path("ranking/backtest/", backtest_views.backtest, name="backtest"),
    path("ranking/backtest/compute/", backtest_views.compute, name="backtest-compute"),
]
