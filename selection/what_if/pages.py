"""URLs of questions to a ranking and of scenarios."""

from django.urls import path

from selection.what_if.views import draw_tables, page, scenarios

urlpatterns = [
    path("ranking/what-if/", page.what_if, name="what-if"),
    path("ranking/what-if/draft/", scenarios.draft, name="what-if-draft"),
    path("ranking/what-if/scenarios/new/", scenarios.new, name="scenario-new"),
    path("ranking/what-if/scenarios/<uuid:key>/", scenarios.scenario, name="scenario"),
    path("ranking/what-if/scenarios/<uuid:key>/share/", scenarios.share, name="scenario-share"),
    path("ranking/what-if/scenarios/<uuid:key>/withdraw/", scenarios.withdraw, name="scenario-withdraw"),
    path("ranking/what-if/draws/", draw_tables.draws, name="what-if-draws"),
]
