"""Addresses of the questions asked of a ranking."""

from django.urls import path

from selection.views import backtest, compare_countries, how_sure, scenarios, what_if, what_if_data

urlpatterns = [
    path("ranking/what-if/", what_if.what_if, name="what-if"),
    path("ranking/what-if/draft/", scenarios.draft, name="what-if-draft"),
    path("ranking/what-if/scenarios/new/", scenarios.new, name="scenario-new"),
    path("ranking/what-if/scenarios/<uuid:key>/", scenarios.scenario, name="scenario"),
    path("ranking/what-if/scenarios/<uuid:key>/share/", scenarios.share, name="scenario-share"),
    path("ranking/what-if/scenarios/<uuid:key>/withdraw/", scenarios.withdraw, name="scenario-withdraw"),
    path("ranking/what-if/draws/", what_if_data.draws, name="what-if-draws"),
    path("ranking/compare/", compare_countries.compare, name="compare-countries"),
    path("ranking/how-sure/", how_sure.page, name="how-sure"),
    path("ranking/backtest/", backtest.backtest, name="backtest"),
    path("ranking/backtest/compute/", backtest.compute, name="backtest-compute"),
]
