from django.urls import path

from partnerships.amendments.api import (
    Amendments,
    AmendmentTransitions,
    Changes,
    OneAmendment,
)
from partnerships.awards.api import FinancialReports, Ledger
from partnerships.clearance.api import ClearanceOfTexts
from partnerships.money.api import Contributions
from partnerships.monitoring.api import OnePeriod, Periods, PeriodTransitions, Results
from partnerships.portfolio.api import (
    Findings,
    OriginConfirmations,
    Partnerships,
    Transitions,
)
from partnerships.terms.api import Amounts, Programs

urlpatterns = [
    path("", Partnerships.listing(), name="partnerships"),
    path("<int:id>/", Partnerships.single(), name="partnership"),
    path("<int:id>/findings/", Findings.as_view(), name="partnership-findings"),
    path("<int:id>/origin/confirmation/", OriginConfirmations.as_view(), name="partnership-confirmation"),
    path("<int:id>/clearance/", ClearanceOfTexts.as_view(), name="partnership-clearance"),
    path("<int:id>/transitions/", Transitions.as_view(), name="partnership-transitions"),
    path("<int:id>/programs/", Programs.listing(), name="partnership-programs"),
    path("<int:id>/amounts/", Amounts.listing(), name="partnership-amounts"),
    path("<int:id>/contributions/", Contributions.listing(), name="partnership-contributions"),
    path("<int:id>/ledger/", Ledger.listing(), name="partnership-ledger"),
    path("<int:id>/financial-reports/", FinancialReports.listing(), name="partnership-financial-reports"),
    path("<int:id>/results/", Results.as_view(), name="partnership-results"),
    path("<int:id>/periods/", Periods.listing(), name="partnership-periods"),
    path("<int:id>/periods/<int:period>/", OnePeriod.as_view(), name="partnership-period"),
    path("<int:id>/periods/<int:period>/transitions/", PeriodTransitions.as_view(), name="partnership-period-steps"),
    path("<int:id>/amendments/", Amendments.listing(), name="partnership-amendments"),
    path("<int:id>/amendments/<int:number>/", OneAmendment.as_view(), name="partnership-amendment"),
    path("<int:id>/amendments/<int:number>/changes/", Changes.as_view(), name="partnership-amendment-changes"),
    path(
        "<int:id>/amendments/<int:number>/transitions/",
        AmendmentTransitions.as_view(),
        name="partnership-amendment-steps",
    ),
]
