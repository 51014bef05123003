"""A partnership that is over takes nothing that plans or promises, on any route; what close-out leaves alive stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from partnerships.amendments.services import drafting as drafting_services
from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.closing import PLANS
from partnerships.dialogues.services import edit_dialogue, plan_dialogue
from partnerships.limit_exceptions.services import grant_exception, refuse_exception, request_exception
from partnerships.lookups.locking import create
from partnerships.models import (
    ActionItem,
    Activity,
    Amendment,
    AmendmentKind,
    Award,
    AwardBudget,
    AwardState,
    AwardStep,
    CongressionalNotification,
    Contribution,
    DataPlan,
    Determination,
    Dialogue,
    DialogueStep,
    Evaluation,
    KeyIndicator,
    LedgerEntry,
    LedgerKind,
    LimitException,
    LimitExceptionGrant,
    Mechanism,
    Milestone,
    NotificationExemption,
    Objective,
    OutcomeIndicator,
    Participant,
    Partnership,
    PlannedYear,
    PlanStep,
    Program,
    ProgramAmount,
    ReportDue,
    ReportingPeriod,
    Responsibility,
    Risk,
    SubAward,
    SustainabilityMeasure,
    SustainabilityStrategy,
    Target,
)
from partnerships.money.services import record_contribution
from partnerships.status import services as status_services
from partnerships.sustainability.services import add_entry
from tests.api.test_partnerships import as_program, problem
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, page_text, send
from tests.support.error_codes import constraint_code
from tests.worlds.partnerships.build import END, START, Active, Stage
from tests.worlds.partnerships.complete import add_indicators

DAY = timedelta(days=1)
LATER = timezone.now().date() + 300 * DAY
CODE = "partnership_status"
THOUSAND = Decimal("1000.00")

ALL_OVER = {"completed", "terminated", "closed", "canceled"}
DONE = {"closed", "canceled"}


class Before:
    """A partnership with the rows that others hang on, and how to bring it to each end."""

    def __init__(self, stage: Stage, partnership: Partnership) -> None:
        self.stage, self.partnership = stage, partnership
        analyst = stage.analyst
        if not partnership.outcome_indicators.exists():
            add_indicators(partnership, analyst)
            self.activity: Activity | None = Activity.objects.create(
                partnership=partnership,
                objective=partnership.objectives.get(),
                title="Train",
                planned_start=START,
                planned_end=END,
            )
            stage.program(partnership, "1000.00")
        self.indicator = partnership.outcome_indicators.earliest("pk")
        self.participant = partnership.participants.earliest("pk")
        self.award: Award = awards_services.create_award(
            award=Award(
                partnership=partnership,
                title="Courts",
                type="grant",
                recipient="An organization",
                recipient_type="expert",
                starts_on=START,
                ends_on=END,
            ),
            actor=analyst,
        )
        self.dialogue: Dialogue = plan_dialogue(partnership=partnership, planned_on=END, actor=analyst)
        self.pledge = record_contribution(contribution=self.contribution("pledged"), actor=analyst)
        self.request: LimitException = request_exception(
            partnership=partnership, actor=analyst, reason="More", expires_on=LATER, funding=Decimal(6_000_000)
        )
        self.document = stage.document(partnership)

    def contribution(self, step: str, **more: Any) -> Contribution:
        return Contribution(
            partnership=self.partnership,
            government="partner",
            kind="cash",
            stage=step,
            fiscal_year=2022,
            description="Shelters",
            amount_usd=Decimal("5.00"),
            source="Letter",
            **more,
        )

    def spend(self) -> None:
        for kind in (LedgerKind.AWARD, LedgerKind.OBLIGATION, LedgerKind.DISBURSEMENT):
            self.stage.move(self.award, kind, "1000.00")

    def close_award(self) -> None:
        stage, award = self.stage, self.award
        change = awards_services.change_award_state
        change(award=award, state=AwardState.ENDED, actor=stage.analyst, on=END, reason="Over")
        for one in reports_services.plan_closeout(award=award, actor=stage.analyst):
            reports_services.record_closeout_step(step=one, actor=stage.analyst, done_on=END)
        change(award=award, state=AwardState.CLOSED, actor=stage.analyst, on=END, reason="Done")

    def bring(self, status: str) -> Partnership:
        stage, partnership = self.stage, self.partnership
        if status == "canceled":
            stage.step(partnership, "cancel", START, reason="No")
        elif status == "terminated":
            determination = Determination(
                partnership=partnership,
                kind="termination",
                grounds=["eligibility"],
                determined_on=END - DAY,
                text="Noncompliance",
                signatory="The Secretary",
            )
            status_services.determine(determination=determination, actor=stage.approver)
        else:
            self.spend()
            stage.step(partnership, "complete", END)
            if status == "closed":
                self.close_award()
                stage.step(partnership, "close", END + 60 * DAY)
        partnership.refresh_from_db()
        assert partnership.status == status
        return partnership


def term(model: type[models.Model], **values: Any) -> Callable[[Before], models.Model]:
    return lambda here: model(partnership=here.partnership, **values)


ROWS: Mapping[str, tuple[Callable[[Before], models.Model], set[str]]] = {
    "limitexception": (
        lambda here: LimitException(
            partnership=here.partnership,
            reason="More",
            expires_on=LATER,
            funding=Decimal(7_000_000),
            requested_by=here.stage.analyst,
        ),
        ALL_OVER,
    ),
    "limitexceptiongrant": (
        lambda here: LimitExceptionGrant(
            exception=here.request, granted_by=here.stage.approver, authority="Memo", document=here.document
        ),
        ALL_OVER,
    ),
    "amendment": (
        lambda here: Amendment(
            partnership=here.partnership,
            number=7,
            kind="extension",
            title="More time",
            reason="Late",
            requested_by=here.stage.analyst,
        ),
        ALL_OVER,
    ),
    "participant": (term(Participant, government="us", name="New"), {"canceled"}),
    "objective": (
        term(Objective, number=9, title="X", paradigm="prevention", system="justice", outcome="X"),
        {"canceled"},
    ),
    "responsibility": (
        lambda here: Responsibility(partnership=here.partnership, participant=here.participant, text="X"),
        {"canceled"},
    ),
    "program": (term(Program, title="New"), {"canceled"}),
    "programamount": (
        lambda here: ProgramAmount(program=here.partnership.programs.get(), government="us", amount=Decimal(1)),
        {"canceled"},
    ),
    "activity": (
        lambda here: Activity(
            partnership=here.partnership,
            objective=here.partnership.objectives.get(),
            title="New",
            planned_start=START,
            planned_end=END,
        ),
        {"canceled"},
    ),
    "milestone": (
        lambda here: Milestone(activity=here.partnership.activities.earliest("pk"), title="New", planned_on=START),
        {"canceled"},
    ),
    "mechanism": (
        term(Mechanism, kind="oversight", body="New", procedure="X", frequency="annual"),
        {"canceled"},
    ),
    "dataplan": (term(DataPlan, what="X", institution="X", system="X", safeguards="X", use="X"), {"canceled"}),
    "sustainabilitystrategy": (term(SustainabilityStrategy, institution="X", approach="X"), {"canceled"}),
    "contribution": (lambda here: here.contribution("pledged"), ALL_OVER),
    "plannedyear": (
        lambda here: PlannedYear(
            partnership=here.partnership, government="partner", kind="staff", fiscal_year=2022, amount=Decimal(1)
        ),
        DONE,
    ),
    "awardbudget": (lambda here: AwardBudget(award=here.award, basis="component", source="Letter"), DONE),
    "congressionalnotification": (
        lambda here: CongressionalNotification(
            partnership=here.partnership, sent_on=START, amount=Decimal(1_000_000), reference="CN 2"
        ),
        DONE,
    ),
    "notificationexemption": (
        lambda here: NotificationExemption(
            partnership=here.partnership,
            kind="certified",
            amount=Decimal(1),
            from_on=START,
            authority="Memo",
            reason="X",
            recorded_by=here.stage.approver,
        ),
        DONE,
    ),
    "award": (
        lambda here: Award(
            partnership=here.partnership, title="New", type="grant", recipient="X", recipient_type="expert"
        ),
        DONE,
    ),
    "awardstep": (
        lambda here: AwardStep(
            award=here.award, name="reopen", source="closed", target="ended", reason="X", on=END, actor=None
        ),
        {"closed"},
    ),
    "subaward": (
        lambda here: SubAward(award=here.award, recipient="X", purpose="X", amount=Decimal("1.00")),
        DONE,
    ),
    "reportdue": (
        lambda here: ReportDue(
            award=here.award,
            kind="financial",
            frequency="annual",
            period_start=START,
            period_end=END,
            due_on=END + 90 * DAY,
        ),
        DONE,
    ),
    "ledgerentry": (
        lambda here: LedgerEntry(
            award=here.award, kind="award", amount=Decimal("1.00"), on=END - DAY, fiscal_year=2026
        ),
        DONE,
    ),
    "reportingperiod": (term(ReportingPeriod, starts_on=START, ends_on=END, due_on=LATER), DONE),
    "planstep": (
        lambda here: PlanStep(
            plan=here.partnership.monitoring_plan,
            name="submit",
            source="draft",
            target="submitted",
            actor=here.stage.analyst,
        ),
        DONE,
    ),
    "outcomeindicator": (
        lambda here: OutcomeIndicator(
            partnership=here.partnership,
            objective=here.partnership.objectives.get(),
            code="NEW",
            title="X",
            definition="X",
            level="outcome",
            paradigm="prevention",
            measure="count",
            unit="cases",
            accumulation="sum",
            data_source="X",
            method="X",
            frequency="annual",
            responsible_office="X",
        ),
        DONE,
    ),
    "target": (
        lambda here: Target(
            indicator=here.indicator, fiscal_year=2025, value=Decimal(1), reason="X", recorded_by=here.stage.analyst
        ),
        DONE,
    ),
    "dialogue": (term(Dialogue, number=9, planned_on=LATER), ALL_OVER),
    "dialoguestep": (
        lambda here: DialogueStep(
            dialogue=here.dialogue,
            name="plan_again",
            source="canceled",
            target="planned",
            reason="X",
            actor=here.stage.analyst,
        ),
        DONE,
    ),
    "keyindicator": (
        lambda here: KeyIndicator(dialogue=here.dialogue, indicator=here.indicator, named_by=here.stage.analyst),
        DONE,
    ),
    "actionitem": (
        lambda here: ActionItem(dialogue=here.dialogue, text="X", owner=here.participant, due_on=LATER),
        DONE,
    ),
    "sustainabilitymeasure": (
        lambda here: SustainabilityMeasure(
            partnership=here.partnership, kind="law", text="X", owner=here.participant, review_on=LATER
        ),
        DONE,
    ),
    "risk": (
        lambda here: Risk(
            partnership=here.partnership,
            text="X",
            likelihood=1,
            impact=1,
            mitigation="X",
            owner=here.participant,
            review_on=LATER,
        ),
        DONE,
    ),
}
"""A row of each table, and the ends of a partnership after which it is refused."""


def test_each_table_that_plans_is_tried() -> None:
    assert set(ROWS) == set(PLANS)


def code_of(attempt: Callable[[], object]) -> str:
    """Return the code of the error of an attempt, or "" if it succeeds; nothing is kept."""
    try:
        with transaction.atomic():
            attempt()
            transaction.set_rollback(True)
    except ValidationError as error:
        lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
        return str(next(one.code for errors in lists for one in errors))
    except DatabaseError as error:
        return constraint_code(error)
    return ""


@pytest.mark.parametrize("status", ["active", "completed", "terminated", "closed", "canceled"])
def test_service_and_database_refuse_what_plans_once_a_partnership_is_over(active: Active, status: str) -> None:
    stage = active.stage
    here = Before(stage, stage.draft("UGA") if status == "canceled" else active.partnership)
    if status != "active":
        here.bring(status)
    wrong = {}
    for name, (make, refused_in) in ROWS.items():
        if name == "milestone" and not here.partnership.activities.exists():
            continue
        if name in ("awardstep", "dialoguestep") and status not in refused_in:
            continue
        is_refused = status in refused_in
        by_service = code_of(lambda make=make: create(make(here), actor=stage.analyst))  # type: ignore[misc]
        row = make(here)
        by_database = code_of(lambda row=row: type(row)._default_manager.bulk_create([row]))  # type: ignore[misc]
        # The database first follows the states of a record: a step that they lack has a code of its own.
        in_state = name != "dialoguestep"
        if (by_service == CODE) != is_refused or (in_state and (by_database == CODE) != is_refused):
            wrong[name] = (by_service, by_database, is_refused)
    assert wrong == {}


@pytest.fixture
def closed(active: Active) -> Before:
    here = Before(active.stage, active.partnership)
    here.bring("closed")
    return here


def test_the_reviewer_s_list_is_refused_after_closing_on_pages_and_rest(closed: Before) -> None:
    """A contribution, a notification, a request, periods, and a dialogue: each page names the remedy."""
    here = f"/partnerships/{closed.partnership.pk}/"
    analyst, approver = client_of(closed.stage.analyst), client_of(closed.stage.approver)
    for path in (
        "money/contributions/new/",
        "money/notifications/new/",
        "exceptions/new/",
        "periods/schedule/",
        "dialogues/new/",
    ):
        text = page_text(analyst.get(here + path))
        assert "Reopen it first." in text, path
        # A correction of a contribution is still possible, so its page keeps the button.
        assert ("An approver can reopen it." in text) == ("contributions" not in path), path
    for path in ("exceptions/new/", "money/exemptions/new/"):
        opened = approver.get(here + path)
        assert f'href="{here}step/reopen/"' in opened.content.decode(), path
    sent = send(analyst, here + "money/notifications/new/", sent_on=str(START), amount="1000000", reference="CN 9")
    assert sent.status_code == 422
    assert closed.partnership.notifications.count() == 1
    assert send(analyst, here + "periods/schedule/", frequency="annual").status_code == 422
    assert not closed.partnership.reporting_periods.exists()
    body = {
        "government": "partner",
        "kind": "cash",
        "stage": "reported",
        "fiscal_year": 2022,
        "description": "X",
        "source": "Letter",
        "amount_usd": "5.00",
    }
    client = as_program(closed.stage.analyst)
    url = f"/api/v1{here}contributions/"
    answer = problem(client.post(url, body, content_type="application/json"), 422, "refused")
    assert [error["code"] for error in answer["errors"]] == [CODE]


def test_an_analyst_reads_who_can_reopen(closed: Before) -> None:
    page = client_of(closed.stage.analyst).get(f"/partnerships/{closed.partnership.pk}/")
    text = page_text(page)
    assert "An approver can reopen it." in text
    for alive in ("refunds and disallowed costs (2 CFR 200.345)", "late evaluations", "documents", "corrections"):
        assert alive in text
    assert "step/reopen" not in page.content.decode()


def test_what_close_out_leaves_alive_can_be_recorded(closed: Before) -> None:
    stage, partnership = closed.stage, closed.partnership
    on = END + 90 * DAY

    def move(kind: LedgerKind) -> None:
        awards_services.record_ledger_entry(
            award=closed.award,
            kind=kind,
            amount=Decimal("200.00"),
            on=on,
            actor=stage.analyst,
            note="A cost was disallowed",
            authority="2 CFR 200.345",
        )

    for kind in (LedgerKind.REFUND, LedgerKind.DEOBLIGATION, LedgerKind.REDUCTION):
        move(kind)
    partnership.refresh_from_db()
    assert (partnership.awarded_total, partnership.obligated_total, partnership.disbursed_total) == (
        Decimal("800.00"),
    ) * 3
    assert error_codes(lambda: move(LedgerKind.DISBURSEMENT)) == [CODE]
    add_entry(
        entry=Evaluation(partnership=partnership, kind="endline", title="After the end", planned_on=on),
        actor=stage.analyst,
    )
    stage.document(partnership, "Final report")
    drafting_services.draft_amendment(
        partnership=partnership, kind=AmendmentKind.CORRECTION, title="A date", reason="Typo", actor=stage.analyst
    )
    corrected = closed.contribution("reported", replaces=closed.pledge)
    record_contribution(contribution=corrected, actor=stage.analyst)
    assert partnership.contributions.filter(replaced_by__isnull=True, description="Shelters").get() == corrected


def test_a_request_of_before_can_be_rejected_and_not_granted(closed: Before) -> None:
    stage, document = closed.stage, closed.document
    assert error_codes(
        lambda: grant_exception(exception=closed.request, authority="Memo", document=document, actor=stage.approver)
    ) == [CODE]
    page = client_of(stage.approver).get(f"/partnerships/{closed.partnership.pk}/exceptions/{closed.request.pk}/")
    assert "The request can only be rejected." in page_text(page)
    refuse_exception(exception=closed.request, reason="Over", actor=stage.approver)


def test_a_planned_dialogue_does_not_move_to_next_year(closed: Before) -> None:
    move = "UPDATE partnerships_dialogue SET planned_on = %s WHERE id = %s"
    assert db_error_code(lambda: raw(move, LATER, closed.dialogue.pk)) == CODE
    assert error_codes(
        lambda: edit_dialogue(dialogue=closed.dialogue, values={"planned_on": LATER}, actor=closed.stage.analyst)
    ) == [CODE]
    edit_dialogue(dialogue=closed.dialogue, values={"place": "Accra"}, actor=closed.stage.analyst)


def test_after_the_term_the_final_dialogue_and_reports_of_contributions_are_left(active: Active) -> None:
    here = Before(active.stage, active.partnership)
    here.bring("completed")
    analyst = active.stage.analyst
    plan_dialogue(partnership=active.partnership, planned_on=END + 30 * DAY, is_final=True, actor=analyst)
    assert error_codes(lambda: plan_dialogue(partnership=active.partnership, planned_on=LATER, actor=analyst)) == [CODE]
    record_contribution(contribution=here.contribution("reported"), actor=analyst)


def test_a_reopened_partnership_takes_everything_again(closed: Before) -> None:
    stage = closed.stage
    stage.step(closed.partnership, "reopen", END + 70 * DAY, reason="A late invoice")
    record_contribution(contribution=closed.contribution("reported"), actor=stage.analyst)


def test_a_stale_row_is_refused_too(closed: Before) -> None:
    """The award was read before its partnership was closed."""
    stale = Award.objects.select_related("partnership").get(pk=closed.award.pk)
    stale.partnership.status = "active"
    row = SubAward(award=stale, recipient="X", purpose="X", amount=Decimal("1.00"))
    assert error_codes(lambda: create(row, actor=closed.stage.analyst)) == [CODE]


OFFERED = (
    ("money/", ("Open an award", "Record a notification", "Record an exemption", "Record a contribution")),
    ("exceptions/", ("Request an exception",)),
    ("monitoring/", ("Add an indicator", "Submit the plan", "Before the plan is submitted")),
    ("periods/", ("Schedule periods",)),
    ("dialogues/", ("Plan a dialogue",)),
    ("outlook/", ("Add a measure", "Add a risk")),
)
"""Labels of actions by page: each adds rows that plan or promise."""


def offered(here: Before) -> set[str]:
    """Return which of those actions the pages offer to an analyst or an approver."""
    url = f"/partnerships/{here.partnership.pk}/"
    return {
        label
        for path, labels in OFFERED
        for user in (here.stage.analyst, here.stage.approver)
        for text in (page_text(client_of(user).get(url + path)),)
        for label in labels
        if label in text
    }


def test_pages_offer_no_action_that_the_partnership_would_refuse(active: Active) -> None:
    here = Before(active.stage, active.partnership)
    all_labels = {label for _, labels in OFFERED for label in labels}
    assert offered(here) == all_labels
    here.bring("completed")
    assert offered(here) == all_labels - {"Request an exception"}


def test_pages_of_a_closed_partnership_offer_no_action_that_plans(closed: Before) -> None:
    assert offered(closed) == set()
