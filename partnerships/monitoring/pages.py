from cpc.web.pages import Page
from partnerships.monitoring.views import library, periods, plan
from partnerships.tabs import TABS

PAGES = [
    Page("indicators/", library.library, "indicator-library", label="Library of indicators"),
    Page("indicators/new/", library.AddOfficeIndicator, "office-indicator-new"),
    Page("indicators/<int:row>/", library.EditOfficeIndicator, "office-indicator"),
    Page("<int:pk>/monitoring/", plan.plan, "partnership-monitoring", tab=TABS("Results", page="Monitoring plan")),
    Page("<int:pk>/monitoring/step/<slug:name>/", plan.TakePlanStep, "partnership-monitoring-step"),
    Page("<int:pk>/indicators/new/", plan.AddIndicator, "partnership-indicator-new"),
    Page("<int:pk>/indicators/<int:indicator>/edit/", plan.EditIndicator, "partnership-indicator-edit"),
    Page("<int:pk>/indicators/<int:indicator>/targets/", plan.SetTargets, "partnership-indicator-targets"),
    Page("<int:pk>/indicators/<int:indicator>/baseline/", plan.RecordBaseline, "partnership-indicator-baseline"),
    Page("<int:pk>/periods/", periods.periods, "partnership-periods", tab=TABS("Results", page="Reporting periods")),
    Page("<int:pk>/periods/schedule/", periods.SchedulePeriods, "partnership-periods-schedule"),
    Page("<int:pk>/periods/<int:period>/", periods.period, "partnership-period"),
    Page("<int:pk>/periods/<int:period>/step/<slug:name>/", periods.TakePeriodStep, "partnership-period-step"),
    Page("<int:pk>/periods/<int:period>/results/", periods.RecordResults, "partnership-period-results"),
    Page("<int:pk>/periods/<int:period>/results/<int:indicator>/", periods.RecordResult, "partnership-result"),
    Page("<int:pk>/periods/<int:period>/duplicates/<int:indicator>/", periods.RecordDoubles, "partnership-doubles"),
    Page(
        "<int:pk>/results/years/", periods.results, "partnership-results-years", tab=TABS("Results", page="All years")
    ),
]
