from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from cpc.accounts.access import user_of
from cpc.api.idempotency import idempotent
from partnerships.api_base.endpoints import MONEY, PK, TAGS, VIEW, body_of, get_or_400
from partnerships.api_base.parts import STEP_NOTES, PartRows, part
from partnerships.awards import serializers
from partnerships.awards.services import awards as awards_services
from partnerships.lookups.financial_reports import lines_in_effect
from partnerships.models import (
    Award,
    AwardStep,
    CloseoutStep,
    DifferenceExplanation,
    FinancialReport,
    Fund,
    LedgerEntry,
    LedgerKind,
    ReportDue,
    ReportEvent,
    SubAward,
)

AWARDS = part(
    "awards",
    "award",
    Award,
    title="Awards of a partnership",
    description="Every grant, cooperative agreement, and contract, with its totals. Ledger entries take its number.",
    fields=(
        "id program title type recipient recipient_type uei fain assistance_listing nofo competed not_competed_because "
        "certifies_training certifies_no_promotion state starts_on ends_on ended_on awarded_total obligated_total "
        "disbursed_total subawarded_total"
    ),
    notes={
        "recipient": "The recipient.",
        "type": "The type of award.",
        "recipient_type": "The type of recipient.",
        "uei": "The unique entity identifier (UEI) of the recipient.",
        "fain": "The federal award identification number (FAIN).",
        "nofo": "The number of the notice of funding opportunity.",
        "competed": "Whether it was competed.",
        "awarded_total": "The amount awarded, in U.S. dollars.",
        "obligated_total": "The amount obligated, net of de-obligations, in U.S. dollars.",
        "disbursed_total": "The amount paid, in U.S. dollars.",
        "subawarded_total": "The amount of its sub-awards, in U.S. dollars.",
    },
    maybe_null="uei fain",
    order=("pk",),
    filters="program type state",
)
AWARD_STEPS = part(
    "award-steps",
    "award step",
    AwardStep,
    title="Steps of awards of a partnership",
    description="Every step of every award, in order.",
    fields="id award name source target reason on actor=actor.name at",
    notes={
        **STEP_NOTES,
        "on": "The day from which it holds.",
    },
    reasons={"actor": "not_applicable"},
    filters="award",
)
SUB_AWARDS = part(
    "sub-awards",
    "sub-award",
    SubAward,
    title="Sub-awards of a partnership",
    description="What recipients pass on to others, in effect and replaced. It is inside the award, never added to it.",
    fields="id award recipient uei purpose amount signed_on replaces at",
    notes={
        "recipient": "The recipient of the sub-award.",
        "uei": "The unique entity identifier (UEI) of that recipient.",
        "amount": "In U.S. dollars.",
        "signed_on": "The day on which it was signed.",
    },
    maybe_null="uei",
    filters="award",
)
REPORTS = part(
    "reports",
    "report",
    ReportDue,
    title="Reports due under awards of a partnership",
    description="Every report that a recipient owes, by its due day. What happened to each is under report events.",
    fields="id award kind frequency period_start period_end due_on",
    notes={"period_start": "The first day that it covers.", "period_end": "The last day that it covers."},
    order=("due_on", "pk"),
    filters="award kind",
)
REPORT_EVENTS = part(
    "report-events",
    "report event",
    ReportEvent,
    title="Events of reports due under awards",
    description="Each time a report came in, was accepted, or was returned. The newest event of a report is in effect.",
    fields="id report kind on document note recorded_by=recorded_by.name at",
    notes={
        "report": "The number of the report.",
        "kind": "What happened.",
        "on": "The day on which it happened.",
        "document": "The number of the document's version.",
        "note": "A note, such as the reason why it was returned.",
    },
    order=("report", "pk"),
    filters="report kind",
)
CLOSEOUT_STEPS = part(
    "closeout-steps",
    "closeout step",
    CloseoutStep,
    title="Close-out of awards of a partnership",
    description="Every step that closes out an award, by its due day (2 CFR 200.344).",
    fields="id award kind due_on done_on not_applicable_because done_by=done_by.name",
    notes={"done_on": "The day on which it was done.", "done_by": "The person who recorded that."},
    reasons={"done_by": "not_yet"},
    order=("due_on", "pk"),
    filters="award kind",
)
LEDGER = part(
    "ledger",
    "ledger entry",
    LedgerEntry,
    prefix="",
    title="Ledger of a partnership",
    description="Every ledger entry of TIP Office project funds under the partnership's awards, by date.",
    serializer=serializers.LedgerEntrySerializer,
    order=("on", "pk"),
)
FINANCIAL_REPORTS = part(
    "financial-reports",
    "financial report",
    FinancialReport,
    prefix="",
    title="Financial reports of a partnership",
    description=(
        "The lines in effect of each federal financial report (SF-425) of the partnership's awards, by award and "
        "end of the period, with those that the form computes. Lines that others replaced are left out."
    ),
    serializer=serializers.FinancialReportSerializer,
    rows=lambda _user: lines_in_effect(),
    order=("report__award", "report__period_end", "pk"),
)
EXPLANATIONS = part(
    "difference-explanations",
    "difference explanation",
    DifferenceExplanation,
    title="Explained differences of financial reports",
    description="Why a line of a financial report differs from the office's ledger.",
    fields="id financial_report line difference text recorded_by=recorded_by.name at",
    notes={
        "financial_report": "The number of the lines of the financial report.",
        "difference": "The line less the ledger, in U.S. dollars.",
        "text": "The explanation.",
    },
    filters="financial_report",
)


@extend_schema_view(
    create=extend_schema(
        operation_id="ledger_record",
        summary="Record a ledger entry",
        description=(
            "Records an award, an obligation, a disbursement, or a reversal of one. An entry that would exceed a "
            "limit returns 422 with code, limit, would_be, and citation. So does one that no day allows: at the end "
            "of every day, no more is disbursed than obligated, or obligated than awarded. After the last day of the "
            "term, nothing new is obligated, and other entries need a reason (`note`) and an authority."
        ),
        parameters=[PK],
        request=serializers.NewLedgerEntrySerializer,
        responses={201: serializers.LedgerEntrySerializer},
        tags=TAGS,
    ),
)
class Ledger(PartRows):
    resource = LEDGER
    required_permission = {"GET": VIEW, "POST": MONEY}

    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        partnership = self.partnership()
        values = body_of(request, serializers.NewLedgerEntrySerializer)
        award = get_or_400(partnership.awards.all(), "award", values.pop("award"))
        kind = LedgerKind(values.pop("kind"))
        if values["fund"] is not None:
            values["fund"] = get_or_400(Fund.objects.all(), "fund", values["fund"])
        row = awards_services.record_ledger_entry(award=award, kind=kind, actor=user_of(request), **values)
        return Response(serializers.LedgerEntrySerializer(row).data, status=201)
