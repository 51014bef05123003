"""URLs under /api/v1/partnerships/."""

from django.urls import path

from partnerships.amendments.api import (
    AMENDMENTS,
    Amendments,
    AmendmentTransitions,
    Changes,
    OneAmendment,
)
from partnerships.api_base.parts import PARTS, PartResource
from partnerships.awards.api import LEDGER, Ledger
from partnerships.budgets import api as budgets
from partnerships.clearance.api import ClearanceOfTexts
from partnerships.deadlines.api import Deadlines
from partnerships.dialogues import api as dialogues
from partnerships.documents.api import DocumentFile
from partnerships.limit_exceptions import api as limit_exceptions
from partnerships.money.api import CONTRIBUTIONS, Contributions
from partnerships.monitoring.api import PERIODS, OnePeriod, Periods, PeriodTransitions, Results
from partnerships.outcomes.api import OutcomesOfPartners
from partnerships.portfolio.api import (
    Findings,
    OriginConfirmations,
    Partnerships,
    StatedOrigin,
    Transitions,
)
from partnerships.publication.api import IatiOfPartnership
from partnerships.record_export.api import RecordArchive
from partnerships.status import api as status
from partnerships.sustainability import api as sustainability
from partnerships.terms.api import AMOUNTS, PROGRAMS, Amounts, Programs
from partnerships.visits import api as visits
from partnerships.year_results import api as year_results

READ_ONLY = (budgets, dialogues, limit_exceptions, status, sustainability, visits, year_results)
"""Rooms whose lists are declared once they are imported."""

WRITTEN = {
    AMENDMENTS.name: Amendments,
    AMOUNTS.name: Amounts,
    CONTRIBUTIONS.name: Contributions,
    LEDGER.name: Ledger,
    PERIODS.name: Periods,
    PROGRAMS.name: Programs,
}
"""Views of lists that also take POST."""

urlpatterns = [
    path("outcomes/", OutcomesOfPartners.as_view(), name="partnership-outcomes"),
    path("", Partnerships.listing(), name="partnerships"),
    path("<int:id>/", Partnerships.single(), name="partnership"),
    path("<int:id>/findings/", Findings.as_view(), name="partnership-findings"),
    path("<int:id>/origin/", StatedOrigin.as_view(), name="partnership-origin"),
    path("<int:id>/origin/confirmation/", OriginConfirmations.as_view(), name="partnership-confirmation"),
    path("<int:id>/clearance/", ClearanceOfTexts.as_view(), name="partnership-clearance"),
    path("<int:id>/deadlines/", Deadlines.as_view(), name="partnership-deadlines"),
    path("<int:id>/transitions/", Transitions.as_view(), name="partnership-transitions"),
    path("<int:id>/iati/", IatiOfPartnership.as_view(), name="partnership-iati"),
    path("<int:id>/record/", RecordArchive.as_view(), name="partnership-record"),
    path("<int:id>/results/", Results.as_view(), name="partnership-results"),
    path("<int:id>/periods/<int:period>/", OnePeriod.as_view(), name="partnership-period"),
    path("<int:id>/periods/<int:period>/transitions/", PeriodTransitions.as_view(), name="partnership-period-steps"),
    path("<int:id>/amendments/<int:number>/", OneAmendment.as_view(), name="partnership-amendment"),
    path("<int:id>/amendments/<int:number>/changes/", Changes.as_view(), name="partnership-amendment-changes"),
    path(
        "<int:id>/amendments/<int:number>/transitions/",
        AmendmentTransitions.as_view(),
        name="partnership-amendment-steps",
    ),
    path("<int:id>/document-versions/<int:row>/file/", DocumentFile.as_view(), name="partnership-document-file"),
    *(url for name, part in PARTS.items() if isinstance(part, PartResource) for url in part.urls(WRITTEN.get(name))),
]
