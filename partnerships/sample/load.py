"""Step of the demonstration that makes the sample partnership, once."""

from __future__ import annotations

from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction

from cpc.accounts.models import User
from cpc.demo import Progress
from partnerships.agreements.services import (
    confirm_origin,
    edit_partnership,
    open_sample,
    state_figure,
)
from partnerships.documents.instrument import render_instrument
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import FigureKind, FigureStatement, Partnership, RecordKind, TraffickingFormCode
from partnerships.sample import clearance, course, money, plans, publication, results, visits
from partnerships.sample.office import FIRST_DAY, LAST_DAY, SIGNED, Office
from partnerships.sample.terms import fill_terms
from partnerships.status.services import take_step
from partnerships.status.signing import sign

TITLE = "Child Protection Compact Partnership with Sample Country"
REASON = "A sample in its third year, so that every page has something to show. Nobody selected Sample Country."
TOWARD_SIGNATURE = (
    ("invite", date(2023, 6, 12)),
    ("open_negotiations", date(2023, 7, 10)),
)
STAGES = 5
FORMS = (TraffickingFormCode.SEX_TRAFFICKING, TraffickingFormCode.FORCED_LABOR, TraffickingFormCode.FORCED_BEGGING)


@transaction.atomic
def load_sample(progress: Progress) -> str:
    """Make the sample with the demonstration accounts. Do nothing if it is there or the accounts are missing."""
    people = {user.username: user for user in User.objects.filter(username__in=("analyst", "approver"))}
    if len(people) < 2 or Partnership.objects.filter(kind=RecordKind.SAMPLE).exists():
        progress(STAGES, STAGES)
        return ""
    make_sample(Office(people["analyst"], people["approver"]), progress)
    return "Sample Country, in its third year; no list and no total has it"


def make_sample(office: Office, progress: Progress) -> Partnership:
    """Make the sample in the order in which an office would work."""
    draft = open_sample(title=TITLE, origin_reason=REASON, actor=office.drafter)
    confirm_origin(partnership=draft, actor=office.approver)
    _describe(office, draft)
    programs = fill_terms(office, draft)
    results.plan_results(office, draft)
    progress(1, STAGES)
    money.record_money(office, draft, programs)
    running = _sign(office, draft)
    results.approve_plan(office, running)
    progress(2, STAGES)
    awards = money.make_awards(office, running, programs)
    money.receive_reports(office, awards)
    progress(3, STAGES)
    first, second, third, *_ = results.schedule(office, running)
    results.report(office, first, 0, date(2024, 12, 16), is_approved=True)
    course.hold_dialogue(office, running)
    results.report(office, second, 1, date(2025, 12, 15), is_approved=True)
    results.correct(office, second, date(2026, 7, 6))
    reporting = dict(zip(("justice", "care"), awards, strict=False))
    results.report_by_all(office, third, reporting, date(2026, 11, 19))
    course.plan_next_dialogue(office, running)
    progress(4, STAGES)
    course.amend(office, running, programs[0], programs[2])
    money.raise_awards(office, awards)
    plans.plan_by_year(office, running, programs)
    plans.budget_awards(office, awards)
    plans.report_by_category(office, awards)
    course.submit_next_amendment(office, running, programs[1])
    visits.monitor(office, running, reporting, course.look_ahead(office, running))
    visits.tell(office, running)
    publication.publish(office, running, programs)
    progress(STAGES, STAGES)
    return running


def _describe(office: Office, draft: Partnership) -> None:
    values = {
        "starts_on": FIRST_DAY,
        "ends_on": LAST_DAY,
        "focus_regions": ["North", "Coast", "Capital"],
        "forms": [form.value for form in FORMS],
        "fund_account": "incle",
        "coordination_body": "Joint technical committee",
    }
    edit_partnership(partnership=draft, actor=office.drafter, values=values)
    statement = FigureStatement(
        partnership=draft, kind=FigureKind.US_PLANNED, text="Up to $4.2 million planned at signature",
        amount=4_200_000, currency="USD", stated_on=SIGNED, source="https://cpc.example/sample-release",
    )  # fmt: skip
    state_figure(statement=statement, actor=office.drafter)


def _sign(office: Office, draft: Partnership) -> Partnership:
    """File the instrument made from the record, sign it, and bring the partnership into effect on its first day."""
    draft.refresh_from_db()
    instrument = render_instrument(record_of(draft)).document
    for name, on in TOWARD_SIGNATURE:
        take_step(partnership=draft, name=name, actor=office.drafter, on=on)
    clearance.clear_instrument(office, draft, ContentFile(instrument, name="sample-instrument.docx"))
    sign(
        partnership=draft,
        actor=office.approver,
        us_signed_on=SIGNED,
        partner_signed_on=SIGNED,
        in_effect_on=FIRST_DAY,
    )
    return take_step(partnership=draft, name="start", actor=office.drafter, on=FIRST_DAY)
