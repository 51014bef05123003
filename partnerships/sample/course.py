"""Course of the sample after signature: dialogues, amendments, sustainability, a site visit, and evaluations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from partnerships.amendments.services.drafting import draft_amendment, propose_amounts, propose_change
from partnerships.amendments.services.steps import apply_amendment, decide_amendment, submit_amendment
from partnerships.dialogues.services import (
    add_action,
    add_agenda_item,
    close_action,
    edit_dialogue,
    minute_indicator,
    minute_item,
    plan_dialogue,
    select_key_indicator,
    take_dialogue_step,
)
from partnerships.limit_exceptions.services import refuse_exception, request_exception
from partnerships.models import (
    AgendaKind,
    Amendment,
    AmendmentKind,
    DocumentVersion,
    Evaluation,
    Government,
    Partnership,
    Program,
    Risk,
    SustainabilityMeasure,
)
from partnerships.sample.clearance import clear_amendment
from partnerships.sample.office import LAST_DAY, Office, ministry
from partnerships.sample.terms import INTERIOR, JUSTICE, SOCIAL, TIP_OFFICE
from partnerships.status.signing import record_signing
from partnerships.sustainability.services import add_entry

LATEST_END = date(2029, 2, 5)
"""The limit of 60 months counts from the signature, nine days before the term begins."""
HELD = (date(2025, 3, 11), date(2025, 3, 12))
KEY = (("JU-1", "Few cases reached a judgment"), ("CA-1", "Fewer children than planned"))
DISCUSSED = "The target stays; the reasons are in the report."
MINUTES = "Both governments went through the numbers and what each gives; what was decided is below."
ACTIONS = (
    (JUSTICE, "Name a judge for child cases in two courts", date(2025, 7, 31), "Named in July 2025"),
    (SOCIAL, "Count children who return once, in one register for all centers", date(2026, 6, 30), ""),
    (TIP_OFFICE, "Send the reference sheets of the indicators", date(2025, 4, 30), "Sent in April 2025"),
)
"""Owner, action, due day, and its outcome; "" while it is open."""


def hold_dialogue(office: Office, partnership: Partnership) -> None:
    """Hold the first dialogue with two key indicators; one of its action items is late."""
    dialogue = plan_dialogue(partnership=partnership, planned_on=HELD[0], actor=office.drafter)
    lead = ministry(partnership, JUSTICE)
    add_agenda_item(
        dialogue=dialogue, kind=AgendaKind.ACTIVITIES, title="Interview rooms", actor=office.drafter, presenter=lead
    )
    keys = [
        select_key_indicator(
            dialogue=dialogue, indicator=partnership.outcome_indicators.get(code=code), actor=office.drafter, why=why
        )
        for code, why in KEY
    ]
    take_dialogue_step(dialogue=dialogue, name="set_ready", actor=office.drafter, on=HELD[0])
    held = {"held_from": HELD[0], "held_until": HELD[1]}
    edit_dialogue(dialogue=dialogue, values=held, actor=office.drafter)
    take_dialogue_step(dialogue=dialogue, name="hold", actor=office.drafter, on=HELD[1])
    for key in keys:
        minute_indicator(
            key_indicator=key, discussion="The target stays; the reasons are in the report.", actor=office.drafter
        )
    for item in dialogue.agenda.all():
        minute_item(item=item, minutes=MINUTES, actor=office.drafter)
    for owner, text, due_on, outcome in ACTIONS:
        action = add_action(
            dialogue=dialogue, text=text, owner=ministry(partnership, owner), due_on=due_on, actor=office.drafter
        )
        if outcome:
            close_action(action=action, state="done", outcome=outcome, on=due_on, actor=office.drafter)
    take_dialogue_step(dialogue=dialogue, name="conclude", actor=office.drafter, on=HELD[1])


def plan_next_dialogue(office: Office, partnership: Partnership) -> None:
    """Plan the next dialogue; its key indicators are still missing."""
    plan_dialogue(partnership=partnership, planned_on=date(2026, 12, 15), actor=office.drafter)


def amend(office: Office, partnership: Partnership, justice: Program, communities: Program) -> None:
    """Put an amendment into effect that adds $400,000 to two programs."""
    made = draft_amendment(
        partnership=partnership, kind=AmendmentKind.TOP_UP, title="$400,000 for justice and communities",
        reason="Courts and committees need more than was planned", actor=office.drafter,
        document=office.file(partnership, "amendment", "Amendment 1", "Signed by both by February 27, 2026.",
                             date(2026, 2, 27)),
    )  # fmt: skip
    _propose(office, made, (justice, "1700000.00"), (communities, "300000.00"))
    today = timezone.now().date()
    submit_amendment(amendment=made, actor=office.drafter, on=today)
    decide_amendment(amendment=made, approve=True, actor=office.approver)
    apply_amendment(amendment=made, actor=office.drafter, on=today)
    record_signing(
        partnership=partnership,
        amendment=Amendment.objects.get(pk=made.pk),
        us_signed_on=date(2026, 2, 24),
        partner_signed_on=date(2026, 2, 27),
        in_effect_on=date(2026, 3, 2),
        actor=office.drafter,
    )


def submit_next_amendment(office: Office, partnership: Partnership, care: Program) -> None:
    """Submit an amendment that uses both limits in full. It waits for an approver."""
    made = draft_amendment(
        partnership=partnership, kind=AmendmentKind.TOP_UP, title="Term to February 2029, and $400,000 for care",
        reason="The centers opened later than planned", actor=office.drafter,
        document=office.file(partnership, "amendment", "Amendment 2, version 3", "In English only.",
                             date(2026, 11, 16)),
    )  # fmt: skip
    partnership.refresh_from_db()
    propose_change(amendment=made, row=partnership, field="ends_on", value=LATEST_END, actor=office.drafter)
    _propose(office, made, (care, "2500000.00"))
    submit_amendment(amendment=made, actor=office.drafter, on=timezone.now().date())
    clear_amendment(office, made)


def _propose(office: Office, amendment: Amendment, *amounts: tuple[Program, str]) -> None:
    rows = [(program, Government.UNITED_STATES, Decimal(amount)) for program, amount in amounts]
    propose_amounts(amendment=amendment, amounts=rows, actor=office.drafter)


def look_ahead(office: Office, partnership: Partnership) -> DocumentVersion:
    """Add measures, risks, and evaluations, a request that was refused, and the report of a site visit; return that."""
    justice, social, interior = (ministry(partnership, name) for name in (JUSTICE, SOCIAL, INTERIOR))
    goals = {objective.number: objective for objective in partnership.objectives.all()}
    study = office.file(
        partnership, "report", "Report of the first survey", "31 percent of households know whom to call.",
        date(2025, 12, 12),
    )  # fmt: skip
    rows: list[Any] = [
        SustainabilityMeasure(kind="budget", objective=goals[2], text="Salaries of the centers in the budget",
                              owner=social, review_on=date(2026, 10, 31), status="under_way"),
        SustainabilityMeasure(kind="training", objective=goals[1], text="The course in the police academy",
                              owner=interior, review_on=date(2027, 3, 31), status="planned"),
        SustainabilityMeasure(kind="law", objective=goals[1], text="A rule that a child is heard once",
                              owner=justice, review_on=date(2026, 3, 31), status="done", evidence="Sample law 12"),
        Risk(text="The hotline has no second line", likelihood=4, impact=4, owner=social, review_on=date(2026, 9, 30),
             mitigation="A second provider by January 2027"),
        Risk(text="Trained officers are moved to other posts", likelihood=3, impact=3, owner=interior,
             review_on=date(2027, 2, 28), mitigation="Two years in the post after the course"),
        Evaluation(kind="prevalence", title="First survey of households", evaluator="Sample Survey Center",
                   method="Households in three regions", planned_on=date(2025, 11, 30), completed_on=date(2025, 12, 12),
                   state="completed", findings="31 percent of households know whom to call",
                   response="Committees first where fewest know it", document=study),
        Evaluation(kind="midline", title="Midline evaluation", evaluator="Sample Evaluation Group",
                   method="Interviews and files of totals", planned_on=date(2026, 10, 30), state="under_way"),
    ]  # fmt: skip
    for row in rows:
        row.partnership = partnership
        add_entry(entry=row, actor=office.drafter)
    visited = office.file(
        partnership, "evidence", "Site visit, September 9 to 11, 2026",
        "Three of four centers, with the embassy. Two minor findings: a cabinet without a lock (closed on October 14), "
        "and attendance lists that do not name the agency (open).", date(2026, 9, 18),
    )  # fmt: skip
    asked = request_exception(
        partnership=partnership, actor=office.drafter, funding=Decimal("5400000.00"),
        reason="A third year of committees in one more region", expires_on=LAST_DAY,
    )  # fmt: skip
    refuse_exception(exception=asked, reason="Use what is left under the limit first", actor=office.approver)
    return visited
