"""URLs of questions to a ranking and of scenarios."""

from django.urls import path

from selection.what_if.views import draw_tables, page, scenarios

urlpatterns = [
    path("ranking/what-if/", page.what_if, name="what-if"),
    path("ranking/what-if/draft/", scenarios.DraftModel.as_view(), name="what-if-draft"),
    path("ranking/what-if/scenarios/new/", scenarios.KeepScenario.as_view(), name="scenario-new"),
    path("ranking/what-if/scenarios/<uuid:key>/", scenarios.scenario, name="scenario"),
    path("ranking/what-if/scenarios/<uuid:key>/share/", scenarios.ShareScenario.as_view(), name="scenario-share"),
    path(
        "ranking/what-if/scenarios/<uuid:key>/withdraw/", scenarios.WithdrawScenario.as_view(), name="scenario-withdraw"
    ),
    path("ranking/what-if/draws/", draw_tables.draws, name="what-if-draws"),
]
