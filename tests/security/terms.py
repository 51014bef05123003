"""The things in addresses of a partnership's terms, money, awards and papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from indicators.models import Country, NationalPlan
from indicators.models.plans import PlanKind
from partnerships.agreements import services as agreements_services
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.models import (
    Award,
    AwardType,
    CongressionalNotification,
    Contribution,
    DocumentVersion,
    Objective,
    Partnership,
    RecipientType,
    SubAward,
)
from partnerships.money import services as money_services
from partnerships.schedules import ReportFrequency, ReportKind
from partnerships.terms import services as terms_services
from tests.worlds.small_world import World


def _draft() -> Partnership:
    """A draft with an objective, so that its rows may be edited and removed."""
    found = Partnership.objects.filter(country__code="PER").first()
    if found is None:
        peru = Country.objects.get(code="PER")
        found = agreements_services.create_partnership(
            country=peru, title="Partnership", origin_reason="Chosen", actor=None
        )
        row = Objective(partnership=found, number=1, title="A", paradigm="protection", system="protection", outcome="B")
        terms_services.add_term(term=row, actor=None)
    return found


def _award(partnership: Partnership) -> Award:
    return partnership.awards.first() or awards_services.create_award(
        award=Award(
            partnership=partnership,
            title="Courts",
            type=AwardType.GRANT,
            recipient="An organization",
            recipient_type=RecipientType.EXPERT,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 12, 31),
        ),
        actor=None,
    )


def _contribution(partnership: Partnership) -> int:
    found = partnership.contributions.first() or money_services.record_contribution(
        contribution=Contribution(
            partnership=partnership, government="partner", kind="cash", stage="pledged", fiscal_year=2026,
            description="Running costs", source="Letter",
        ),
        actor=None,
    )  # fmt: skip
    return found.pk


def _notification(partnership: Partnership) -> int:
    found: CongressionalNotification | None = partnership.notifications.first()
    if found is None:
        found = money_services.record_notification(
            partnership=partnership, sent_on=date(2026, 1, 1), amount=Decimal(1), reference="CN 1", actor=None
        )
    return found.pk


def _subaward(partnership: Partnership) -> int:
    award = _award(partnership)
    made = SubAward(award=award, recipient="Another", purpose="Courts", amount=Decimal(0))
    found = award.subawards.first() or awards_services.record_subaward(subaward=made, actor=None)
    return found.pk


def _report(partnership: Partnership) -> int:
    award = _award(partnership)
    if not award.reports_due.exists():
        reports_services.schedule_reports(
            award=award, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.FINAL, actor=None
        )
    return award.reports_due.get().pk


def _step(partnership: Partnership) -> int:
    award = _award(partnership)
    reports_services.plan_closeout(award=award, actor=None)
    return award.closeout_steps.order_by("pk")[0].pk


def _version(partnership: Partnership) -> DocumentVersion:
    return DocumentVersion.objects.filter(
        document__partnership=partnership
    ).first() or agreements_services.add_document_version(
        partnership=partnership,
        kind="other",
        title="Memorandum",
        file=ContentFile(b"A memorandum", name="memo.txt"),
        actor=None,
    )


def _plan(partnership: Partnership) -> int:
    found = partnership.national_plans.first()
    if found is None:
        plan = NationalPlan(
            country=partnership.country, kind=PlanKind.ACTION_PLAN, title="National plan", source="Its page"
        )
        found = agreements_services.record_national_plan(plan=plan, partnership=partnership, actor=None)
    return found.pk


Taken = Callable[[Partnership], Any]


def _own(**more: Taken) -> Callable[[World], Mapping[str, Any]]:
    """The partnership, and further arguments taken from it."""

    def arguments(_world: World) -> Mapping[str, Any]:
        partnership = _draft()
        return {"pk": partnership.pk, **{name: take(partnership) for name, take in more.items()}}

    return arguments


def _award_pk(partnership: Partnership) -> int:
    return _award(partnership).pk


def _objective(partnership: Partnership) -> int:
    return partnership.objectives.get().pk


def _kind(_partnership: Partnership) -> str:
    return "objective"


_SIMPLE = (
    "partnership-terms",
    "partnership-amounts",
    "partnership-plan-take",
    "partnership-plan-new",
    "partnership-money",
    "partnership-contribution-new",
    "partnership-notification-new",
    "partnership-exemption-new",
    "award-new",
    "partnership-documents",
    "partnership-document-new",
    "partnership-instrument",
    "partnership-statement-new",
)
_OF_AN_AWARD = (
    "award",
    "award-edit",
    "award-state",
    "award-ledger-new",
    "award-subaward-new",
    "award-reports",
    "award-closeout",
)

TERMS: Mapping[str, Callable[[World], Mapping[str, Any]]] = {
    **dict.fromkeys(_SIMPLE, _own()),
    **dict.fromkeys(_OF_AN_AWARD, _own(award=_award_pk)),
    "partnership-term-new": _own(kind=_kind),
    "partnership-term": _own(kind=_kind, row=_objective),
    "partnership-term-remove": _own(kind=_kind, row=_objective),
    "partnership-plan-leave": _own(row=_plan),
    "partnership-contribution-replace": _own(row=_contribution),
    "partnership-notification-replace": _own(row=_notification),
    "award-subaward-replace": _own(award=_award_pk, row=_subaward),
    "award-report": _own(award=_award_pk, row=_report),
    "award-closeout-step": _own(award=_award_pk, row=_step),
    "partnership-document-version": _own(paper=lambda partnership: _version(partnership).document_id),
    "partnership-document-file": _own(version=lambda partnership: _version(partnership).pk),
}
