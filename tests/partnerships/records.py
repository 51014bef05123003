"""Records of the small world for URLs of partnerships and their rows, and for the tests of two writers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import Country, NationalPlan
from indicators.models.programs import PlanKind
from partnerships.agreements import services as agreements_services
from partnerships.agreements.services import create_partnership
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.awards.services.financial_reports import record_financial_report
from partnerships.dialogues import services as dialogues_services
from partnerships.limit_exceptions.services import propose_policy
from partnerships.lookups.document_templates import BUILT_IN_FILES
from partnerships.models import (
    ActionItem,
    AgendaItem,
    AmendmentChange,
    Award,
    AwardState,
    AwardType,
    ClearanceRequest,
    CongressionalNotification,
    Contribution,
    Correction,
    Determination,
    Dialogue,
    DocumentTemplate,
    DocumentVersion,
    FieldCheck,
    FieldFinding,
    Fund,
    LimitPolicy,
    Objective,
    OfficeIndicator,
    Partnership,
    Program,
    RecipientType,
    SubAward,
    TemplateKind,
)
from partnerships.money import services as money_services
from partnerships.monitoring.services import plans as plans_services
from partnerships.schedules import ReportFrequency, ReportKind
from partnerships.terms import services as terms_services
from partnerships.visits.services import add_finding, record_check
from partnerships.word_documents.services import upload_template
from partnerships.year_results.services import write_assessment
from tests.support.accounts import make_account
from tests.worlds.partnerships import clearing
from tests.worlds.partnerships.build import Stage
from tests.worlds.partnerships.life import live
from tests.worlds.small_world import World

Arguments = Callable[[World], Mapping[str, Any]]
Kwargs = dict[str, Any]
Taken = Callable[[Partnership], Any]


def a_partnership(world: World) -> Mapping[str, Any]:
    found = Partnership.objects.filter(country__code="GHA").first()
    if found is None:
        found = create_partnership(
            country=Country.objects.get(code="GHA"),
            title="Partnership with Ghana",
            origin_reason="Prevalence and commitment",
            actor=None,
        )
    return {"id": found.pk}


def amendment(world: World) -> Mapping[str, Any]:
    partnership = Partnership.objects.get(pk=a_partnership(world)["id"])
    asks = User.objects.filter(role=Role.ANALYST).first() or make_account(Role.ANALYST)
    found, _ = partnership.amendments.get_or_create(
        number=1, defaults={"kind": "terms", "title": "Another title", "reason": "Agreed", "requested_by": asks}
    )
    return {"id": partnership.pk, "number": found.number}


def period(world: World) -> Mapping[str, Any]:
    partnership = Partnership.objects.get(pk=a_partnership(world)["id"])
    days = {"ends_on": dt.date(2021, 12, 31), "due_on": dt.date(2022, 1, 30)}
    found, _ = partnership.reporting_periods.get_or_create(starts_on=dt.date(2021, 1, 1), defaults=days)
    return {"id": partnership.pk, "period": found.pk}


def people() -> Stage:
    found = [
        User.objects.filter(username=name).first() or make_account(role, username=name)
        for name, role in (("drafts", Role.ANALYST), ("decides", Role.APPROVER))
    ]
    return Stage(analyst=found[0], approver=found[1])


def life_partnership() -> Partnership:
    return Partnership.objects.filter(country__code="KEN").first() or live(people(), "KEN")


def limit_policy() -> LimitPolicy:
    found = LimitPolicy.objects.filter(approval__isnull=True).first()
    return found or propose_policy(
        effective_from=date(2090, 1, 1),
        term_months=60,
        funding=Decimal("6000000.00"),
        citation="A later fact sheet",
        actor=people().analyst,
    )


def draft_template(_world: object) -> Mapping[str, Any]:
    """Return a template that waits for its release; upload it if there is none."""
    found = DocumentTemplate.objects.filter(kind="notification", state="draft").first()
    if found is None:
        file = SimpleUploadedFile("template.docx", BUILT_IN_FILES[TemplateKind.NOTIFICATION].read_bytes())
        found = upload_template(kind="notification", file=file, note="Sample: another order", actor=people().analyst)
    return {"kind": found.kind, "number": found.number}


def no_keys_of_draft(world: object) -> Mapping[str, Any]:
    """Have a template wait for its release, for a page whose URL has no keys."""
    draft_template(world)
    return {}


def life(**more: Callable[[Partnership], Any]) -> Callable[[World], Mapping[str, Any]]:
    """Return a function that gives the key of the partnership in mid-term, and further arguments taken from it."""

    def arguments(_world: World) -> Mapping[str, Any]:
        partnership = life_partnership()
        return {"pk": partnership.pk, **{name: take(partnership) for name, take in more.items()}}

    return arguments


def change(partnership: Partnership) -> int:
    return AmendmentChange.objects.get(amendment__partnership=partnership, amendment__number=2).pk


def suspension(partnership: Partnership) -> int:
    return Determination.objects.get(partnership=partnership).pk


def correction(partnership: Partnership) -> int:
    return Correction.objects.get(determination__partnership=partnership).pk


def indicator(partnership: Partnership) -> int:
    return partnership.outcome_indicators.order_by("code")[0].pk


def open_period(partnership: Partnership) -> int:
    return partnership.reporting_periods.get(state="in_progress").pk


def agenda(partnership: Partnership) -> int:
    return AgendaItem.objects.filter(dialogue__partnership=partnership, dialogue__number=2)[0].pk


def key(partnership: Partnership) -> int:
    return partnership.dialogues.get(number=2).key_indicators.get().pk


def action(partnership: Partnership) -> int:
    return ActionItem.objects.get(dialogue__partnership=partnership).pk


SECOND: Mapping[str, Callable[[Partnership], Any]] = {"number": lambda partnership: 2}


def draft_partnership() -> Partnership:
    """Return a draft with an objective, whose rows can be edited and removed."""
    found = Partnership.objects.filter(country__code="PER").first()
    if found is None:
        peru = Country.objects.get(code="PER")
        found = agreements_services.create_partnership(
            country=peru, title="Partnership", origin_reason="Chosen", actor=None
        )
        row = Objective(partnership=found, number=1, title="A", paradigm="protection", system="protection", outcome="B")
        terms_services.add_term(term=row, actor=None)
    return found


def an_award(partnership: Partnership) -> Award:
    return partnership.awards.exclude(title="Past").first() or awards_services.create_award(
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


def contribution(partnership: Partnership) -> int:
    found = partnership.contributions.first() or money_services.record_contribution(
        contribution=Contribution(
            partnership=partnership, government="partner", kind="cash", stage="pledged", fiscal_year=2026,
            description="Running costs", source="Letter",
        ),
        actor=None,
    )  # fmt: skip
    return found.pk


def notification(partnership: Partnership) -> int:
    found: CongressionalNotification | None = partnership.notifications.first()
    if found is None:
        found = money_services.record_notification(
            partnership=partnership, sent_on=date(2026, 1, 1), amount=Decimal(1), reference="CN 1", actor=None
        )
    return found.pk


def subaward(partnership: Partnership) -> int:
    award = an_award(partnership)
    made = SubAward(award=award, recipient="Another", purpose="Courts", amount=Decimal(0))
    found = award.subawards.first() or awards_services.record_subaward(subaward=made, actor=None)
    return found.pk


def report(partnership: Partnership) -> int:
    award = an_award(partnership)
    if not award.reports_due.exists():
        reports_services.schedule_reports(
            award=award, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.FINAL, actor=None
        )
    return award.reports_due.get().pk


def reported_award(partnership: Partnership) -> Award:
    """Return an award of the past whose first SF-425 differs from its empty ledger in line 10a."""
    if found := partnership.awards.filter(title="Past").first():
        return found
    award = awards_services.create_award(
        award=Award(
            partnership=partnership, title="Past", type=AwardType.GRANT, recipient="A center",
            recipient_type=RecipientType.EXPERT, starts_on=date(2021, 1, 1), ends_on=date(2021, 12, 31),
        ),
        actor=None,
    )  # fmt: skip
    first, *_ = reports_services.schedule_reports(
        award=award, kind=ReportKind.FINANCIAL, frequency=ReportFrequency.QUARTERLY, actor=None
    )
    amounts: dict[str, Any] = dict.fromkeys(
        ("authorized", "expended", "unliquidated", "cash_disbursements"), Decimal(0)
    )
    amounts["cash_receipts"] = Decimal(10)
    record_financial_report(
        report=first,
        received_on=first.period_end,
        actor=User.objects.filter(role=Role.ANALYST).first() or make_account(Role.ANALYST),
        **amounts,
    )
    return award


def reported_award_pk(partnership: Partnership) -> int:
    return reported_award(partnership).pk


def report_with_lines(partnership: Partnership) -> int:
    return reported_award(partnership).reports_due.filter(financial_reports__isnull=False).get().pk


def line(_partnership: Partnership) -> str:
    return "10a"


def fund(_world: World) -> Mapping[str, Any]:
    """Return the key of a fund."""
    values: dict[str, Any] = {"account": "incle", "first_fiscal_year": 2021, "last_fiscal_year": 2022}
    return {"fund": Fund.objects.get_or_create(**values)[0].pk}


def step(partnership: Partnership) -> int:
    award = an_award(partnership)
    reports_services.plan_closeout(award=award, actor=None)
    return award.closeout_steps.order_by("pk")[0].pk


def version(partnership: Partnership) -> DocumentVersion:
    return DocumentVersion.objects.filter(
        document__partnership=partnership
    ).first() or agreements_services.add_document_version(
        partnership=partnership,
        kind="other",
        title="Memorandum",
        file=ContentFile(b"A memorandum", name="memo.txt"),
        actor=None,
    )


def plan_row(partnership: Partnership) -> int:
    found = partnership.national_plans.first()
    if found is None:
        plan = NationalPlan(
            country=partnership.country, kind=PlanKind.ACTION_PLAN, title="National plan", source="Its page"
        )
        found = agreements_services.record_national_plan(plan=plan, partnership=partnership, actor=None)
    return found.pk


def draft(**more: Taken) -> Callable[[World], Mapping[str, Any]]:
    """Return a function that gives the key of the draft, and further arguments taken from it."""

    def arguments(_world: World) -> Mapping[str, Any]:
        partnership = draft_partnership()
        return {"pk": partnership.pk, **{name: take(partnership) for name, take in more.items()}}

    return arguments


def in_clearance(**more: Taken) -> Callable[[World], Mapping[str, Any]]:
    """Return a function that gives the key of a partnership in clearance, its instrument, and further arguments."""

    def arguments(_world: World) -> Mapping[str, Any]:
        partnership = Partnership.objects.filter(country__code="COL").first() or people().draft("COL")
        if not partnership.text_versions.exists():
            clearing.sent(people(), partnership, timezone.now().date())
        return {"pk": partnership.pk, "text": 0, **{name: take(partnership) for name, take in more.items()}}

    return arguments


def clearance_request(partnership: Partnership) -> int:
    """Return the key of the request over the newest version that nobody has answered."""
    return ClearanceRequest.objects.filter(version__partnership=partnership, agency__code="lt").latest("pk").pk


def amended() -> Callable[[World], Mapping[str, Any]]:
    """Return a function that gives the key of a partnership with an amendment without a text, and its number."""

    def arguments(world: World) -> Mapping[str, Any]:
        found = amendment(world)
        return {"pk": found["id"], "text": found["number"]}

    return arguments


def award_pk(partnership: Partnership) -> int:
    return an_award(partnership).pk


def objective(partnership: Partnership) -> int:
    return partnership.objectives.get().pk


def objective_kind(_partnership: Partnership) -> str:
    return "objective"


def office_indicator(_world: World) -> Mapping[str, Any]:
    """Return the key of an entry of the library."""
    values = {"title": "Cases", "definition": "Cases opened", "level": "outcome", "paradigm": "prosecution",
              "measure": "people", "unit": "cases", "accumulation": "sum"}  # fmt: skip
    return {"row": OfficeIndicator.objects.get_or_create(code="T-1", defaults=values)[0].pk}


def an_analyst() -> User:
    return User.objects.filter(role="analyst", is_active=True).earliest("pk")


def program(kwargs: Kwargs) -> None:
    """Add a program whose amounts can be set."""
    partnership = Partnership.objects.get(pk=kwargs["pk"])
    terms_services.add_term(term=Program(partnership=partnership, title="Program"), actor=None)


def plan_is_a_draft(kwargs: Kwargs) -> None:
    """Revise the monitoring plan, so that indicators and targets can change."""
    plan = Partnership.objects.get(pk=kwargs["pk"]).monitoring_plan
    today = timezone.now().date()
    plans_services.take_plan_step(plan=plan, name="revise", actor=an_analyst(), on=today, reason="More districts")


def dialogue_is_held(kwargs: Kwargs) -> None:
    """Hold the second dialogue, so that its minutes can be written."""
    row = Dialogue.objects.get(partnership=kwargs["pk"], number=2)
    today, analyst = timezone.now().date(), an_analyst()
    dialogues_services.edit_dialogue(dialogue=row, values={"planned_on": today}, actor=analyst)
    dialogues_services.take_dialogue_step(dialogue=row, name="set_ready", actor=analyst, on=today)
    dialogues_services.edit_dialogue(dialogue=row, values={"held_from": today, "held_until": today}, actor=analyst)
    dialogues_services.take_dialogue_step(dialogue=row, name="hold", actor=analyst, on=today)


def award_is_active(kwargs: Kwargs) -> None:
    """Activate the award, so that it can be stopped or ended."""
    award = Award.objects.get(pk=kwargs["award"])
    if award.state == AwardState.PLANNED:
        actor = User.objects.filter(role=Role.ANALYST, is_active=True).earliest("pk")
        awards_services.change_award_state(
            award=award, state=AwardState.ACTIVE, actor=actor, on=timezone.now().date(), reason="Signed"
        )


def field_check(partnership: Partnership) -> int:
    found = partnership.field_checks.first()
    if found is None:
        check = FieldCheck(
            partnership=partnership, kind="desk_review", first_on=date(2026, 3, 2), last_on=date(2026, 3, 2),
            took_part="Program officer",
        )  # fmt: skip
        found = record_check(check=check, actor=people().analyst)
    return found.pk


def finding(partnership: Partnership) -> int:
    found = partnership.field_findings.first()
    if found is None:
        ministry = partnership.participants.get(government="partner", is_lead=True)
        found = add_finding(
            finding=FieldFinding(
                partnership=partnership, field_check_id=field_check(partnership), text="Registers are late",
                weight="minor", action="Another register", due_on=date(2026, 5, 1), participant=ministry,
            ),
            actor=people().analyst,
        )  # fmt: skip
    return found.pk


def performance_report(partnership: Partnership) -> int:
    award = an_award(partnership)
    found = award.reports_due.filter(kind=ReportKind.PERFORMANCE).first()
    if found is None:
        found, *_ = reports_services.schedule_reports(
            award=award, kind=ReportKind.PERFORMANCE, frequency=ReportFrequency.ANNUAL, actor=None
        )
    return found.pk


def assessed_year(partnership: Partnership) -> int:
    assessment = partnership.year_assessments.first() or write_assessment(
        partnership=partnership, fiscal_year=2025, text="Training is ahead", actor=people().analyst
    )
    return assessment.fiscal_year


def partner_office(partnership: Partnership) -> int:
    return partnership.participants.get(government="partner", is_lead=True).pk
