"""URLs of questions to a ranking and of scenarios."""

from cpc.web.pages import Page
from selection.tabs import CHOOSING
from selection.what_if.views import draw_tables, page, scenarios

PAGES = [
    Page("ranking/what-if/", page.what_if, "what-if", tab=CHOOSING("What if")),
    Page("ranking/what-if/draft/", scenarios.DraftModel, "what-if-draft"),
    Page("ranking/what-if/scenarios/new/", scenarios.SaveScenario, "scenario-new"),
    Page("ranking/what-if/scenarios/<uuid:key>/", scenarios.scenario, "scenario"),
    Page("ranking/what-if/scenarios/<uuid:key>/share/", scenarios.ShareScenario, "scenario-share"),
    Page("ranking/what-if/scenarios/<uuid:key>/withdraw/", scenarios.WithdrawScenario, "scenario-withdraw"),
    Page("ranking/what-if/draws/", draw_tables.draws, "what-if-draws"),
]
