"""One record in each state of each machine, forged past the triggers, so that a census meets every open state."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count, product
from random import Random
from typing import Any

from django.db import models
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.audit.models import Authorship
from partnerships import states
from partnerships.models import (
    ActionItem,
    Activity,
    Amendment,
    Award,
    ClearanceAnswer,
    ClearanceRequest,
    CloseoutStep,
    CongressionalNotification,
    Contribution,
    Correction,
    Determination,
    Dialogue,
    DocumentTemplate,
    DocumentVersion,
    Evaluation,
    FieldCheck,
    FieldFinding,
    Fund,
    KeyIndicator,
    LedgerEntry,
    LegalFinding,
    LimitException,
    LimitExceptionGrant,
    LimitExceptionRefusal,
    LimitPolicy,
    LimitPolicyApproval,
    Milestone,
    MonitoringPlan,
    OutcomeIndicator,
    Partnership,
    PlannedYear,
    PlanStep,
    Program,
    ReportDue,
    ReportEvent,
    ReportingPeriod,
    Responsibility,
    Risk,
    Silence,
    SustainabilityMeasure,
    Target,
    TextFile,
    TextVersion,
    Withholding,
    YearAssessment,
)
from partnerships.models.status import OriginConfirmation
from selection.models import RestrictionFinding
from tests.partnerships.forged import forge
from tests.support.accounts import make_account
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Stage

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
NEAR = (-400, -1, 0, 6, 7, 8, 29, 30, 31, 89, 90, 91, 400)
"""Days from today around each window of the queue."""


class Forge:
    """Records of two partnerships in force and of one in each status, with authors in turn."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.second = make_account(Role.APPROVER, username="second")
        self.authors: list[User] = [stage.analyst, stage.approver, self.second]
        self.numbers = count(1)
        with unguarded():
            self.partnerships()
            self.amendments()
            self.plans()
            self.periods()
            self.monitoring()
            self.dialogues()
            self.awards()
            self.duties()
            self.contributions()
            self.funds()
            self.limits()
            self.suspensions()
            self.reviews()
            self.clearances()

    def make(self, model: type[models.Model], **values: Any) -> Any:
        return model._default_manager.bulk_create([model(**values)])[0]

    def written(self, kind: str, row: models.Model) -> None:
        """Let a person write a part of the record, another one for each record in turn; sometimes all three do."""
        number = next(self.numbers)
        writers = self.authors if number % 4 == 0 else [self.authors[number % 4 - 1]]
        for author in writers:
            self.make(Authorship, record_kind=kind, record_id=row.pk, author=author)

    def run(self, name: str, status: str = "active", **more: Any) -> Partnership:
        return forge(name, status, **{"ends_on": TODAY + 500 * DAY, "signed_on": date(2021, 1, 1), **more})

    def partnerships(self) -> None:
        self.one, self.other = self.run("One"), self.run("Other", code="PER")
        self.lead = self.make(
            self.one.participants.model, partnership=self.one, government="us", name="An office", is_lead=True
        )
        self.objective = self.make(
            self.one.objectives.model,
            partnership=self.one,
            number=1,
            title="A",
            paradigm="protection",
            system="justice",
            outcome="B",
        )
        for status in states.PARTNERSHIP.states:
            for _ in range(3):
                row = self.run(status, status)
                self.written("origin", row)
                self.written("partnerships_partnership", row)
            if status in states.TOWARD_SIGNATURE or status in states.BEFORE_SIGNATURE:
                confirmed = self.run(f"{status}, confirmed", status)
                self.confirm(confirmed)
            forge(f"{status}, documented", status, documented=True, ends_on=TODAY - DAY)
            for legal in ("qualifying", "binding"):
                self.run(f"{status}, {legal}", status, legal_review=legal)
        for days in NEAR:
            self.run(f"ends {days}", ends_on=TODAY + days * DAY)
            self.run(f"begins {days}", "signed", starts_on=TODAY + days * DAY)
            forge(f"documented {days}", documented=True, ends_on=TODAY + days * DAY, starts_on=TODAY - 800 * DAY)
        for number in range(6):
            row = self.run(f"clears {number}", "in_clearance", signed_on=None)
            if number != 3:
                self.stage.clear(row, TODAY)
            self.written("partnerships_partnership", row)
            self.confirm(row)
            for government in ("us", "partner")[: number % 3 + 0 if number < 2 else 2]:
                self.make(self.lead.__class__, partnership=row, government=government, name="Leads", is_lead=True)

    def confirm(self, row: Partnership) -> None:
        self.make(OriginConfirmation, partnership=row, confirmed_by=self.stage.approver)

    def amendments(self) -> None:
        for row in (self.one, self.other):
            for number, state in enumerate(states.AMENDMENT.states * 4, 1):
                made = self.make(
                    Amendment, partnership=row, number=number, kind="terms", title="A", reason="B", state=state,
                    decision_note="Shorter" if number % 12 < 6 else "", requested_by=self.authors[number % 3],
                    decided_by=self.stage.approver,
                )  # fmt: skip
                self.written("partnerships_amendment", made)

    def plans(self) -> None:
        steps = {"draft": ([], ["submit", "return"], ["submit", "approve", "revise"]), "submitted": (["submit"],) * 5}
        for status in ("active", "completed", "negotiating"):
            for state in states.PLAN.states:
                for taken in steps.get(state, (["submit", "approve"],)):
                    row = self.run(f"{status}, plan {state}", status)
                    plan = self.make(MonitoringPlan, partnership=row, state=state)
                    for name in taken:
                        self.make(
                            PlanStep, plan=plan, name=name, source="draft", target="draft", reason="Why",
                            actor=self.stage.analyst if name != "return" else self.stage.approver,
                        )  # fmt: skip
                    self.written("partnerships_monitoringplan", plan)
                    self.indicator(row, with_target=state == "submitted")
        # Whoever wrote before the last approval may decide on what came after it.
        again = self.make(MonitoringPlan, partnership=self.run("revised"), state="submitted")
        self.make(Authorship, record_kind="partnerships_monitoringplan", record_id=again.pk, author=self.second)
        for name in ("approve", "submit"):
            self.make(PlanStep, plan=again, name=name, source="a", target="b", actor=self.stage.analyst)

    def indicator(self, row: Partnership, *, with_target: bool, withdrawn: bool = False) -> OutcomeIndicator:
        made: OutcomeIndicator = self.make(
            OutcomeIndicator, partnership=row, objective=self.objective, code=f"I{next(self.numbers)}", title="A",
            level="outcome", paradigm="protection", measure="people", unit="children", accumulation="sum",
            frequency="annual", withdrawn=withdrawn, responsible_office="An office",
        )  # fmt: skip
        if with_target:
            self.make(Target, indicator=made, value=Decimal(1), recorded_by=self.stage.analyst)
        return made

    def periods(self) -> None:
        for status in ("active", "completed", "closed"):
            row = self.run(f"{status}, periods", status, ended_on=TODAY - 300 * DAY if status != "active" else None)
            for number, state in enumerate(states.PERIOD.states * 3):
                starts_on = TODAY - 1400 * DAY + number * 100 * DAY
                made = self.make(
                    ReportingPeriod, partnership=row, state=state, starts_on=starts_on, ends_on=starts_on + 99 * DAY,
                    due_on=starts_on + 130 * DAY,
                )  # fmt: skip
                self.written("partnerships_reportingperiod", made)

    def monitoring(self) -> None:
        for status in ("active", "completed", "closed"):
            row = self.run(f"{status}, visits", status)
            check = self.make(
                FieldCheck, partnership=row, kind="desk_review", first_on=TODAY, last_on=TODAY, took_part="An office",
                recorded_by=self.stage.analyst,
            )  # fmt: skip
            for number, state in enumerate(states.FINDING.states * len(NEAR)):
                made = self.make(
                    FieldFinding, partnership=row, field_check=check, text="A", weight="minor", action="B",
                    due_on=TODAY + NEAR[number % len(NEAR)] * DAY, person=self.stage.analyst, state=state,
                    recorded_by=self.stage.analyst,
                )  # fmt: skip
                self.written("partnerships_fieldfinding", made)
            for number, state in enumerate(states.ASSESSMENT.states * 4):
                made = self.make(YearAssessment, partnership=row, fiscal_year=2014 + number, text="A", state=state)
                self.written("partnerships_yearassessment", made)

    def dialogues(self) -> None:
        for status in ("active", "completed", "closed"):
            for number, (state, days) in enumerate(
                ((state, days) for state in states.DIALOGUE.states for days in NEAR), 1
            ):
                if number % 7 == 0:
                    row = self.run(f"{status}, dialogue {number}", status)
                else:
                    row = self.one if status == "active" else self.run(f"{status}, {number}", status)
                held = {"held_from": TODAY + days * DAY, "held_until": TODAY + days * DAY}
                made = self.make(
                    Dialogue, partnership=row, number=number, state=state, planned_on=TODAY + days * DAY,
                    **(held if state in ("held", "concluded") else {}),
                )  # fmt: skip
                if number % 2:
                    self.make(
                        KeyIndicator, dialogue=made, indicator=self.indicator(row, with_target=True),
                        named_by=self.stage.analyst,
                    )  # fmt: skip
                for item, item_state in enumerate(states.ACTION_ITEM.states):
                    closed = {} if item_state == "open" else {"closed_on": TODAY, "outcome": "Done"}
                    self.make(
                        ActionItem, dialogue=made, text="A", owner=self.lead, state=item_state,
                        due_on=TODAY + NEAR[(number + item) % len(NEAR)] * DAY, **closed,
                    )  # fmt: skip

    def awards(self) -> None:
        for number, state in enumerate(states.AWARD.states * 5):
            over = state in ("terminated", "ended", "closed")
            made = self.make(
                Award, partnership=(self.one, self.other)[number % 2], title="A", type="grant",
                recipient="An organization", recipient_type="expert", state=state,
                starts_on=TODAY + NEAR[number % len(NEAR)] * DAY - 300 * DAY,
                ends_on=TODAY + NEAR[number % len(NEAR)] * DAY, ended_on=TODAY - 9 * DAY if over else None,
                awarded_total=Decimal(100),
            )  # fmt: skip
            for index, days in enumerate(NEAR):
                end = TODAY + days * DAY - 30 * DAY
                report = self.make(
                    ReportDue, award=made, kind=("performance", "financial")[index % 2],
                    frequency=("quarterly", "annual")[index % 2],
                    period_start=end - 80 * DAY, period_end=end, due_on=TODAY + days * DAY,
                )  # fmt: skip
                kinds: tuple[list[str], ...] = (
                    [],
                    ["received"],
                    ["received", "returned"],
                    ["received", "accepted"],
                    ["waived"],
                )
                for kind in kinds[(index + number) % 5]:
                    self.make(
                        ReportEvent, report=report, kind=kind, on=TODAY, note="Why", recorded_by=self.stage.analyst
                    )
            if number % 2:
                self.make(CloseoutStep, award=made, kind="property", due_on=TODAY)
        for status in ("completed", "terminated"):
            for settled in (True, False):
                row = self.run(f"{status} {settled}", status)
                self.make(
                    Award, partnership=row, title="A", type="grant", recipient="B", recipient_type="expert",
                    state="closed" if settled else "ended",
                )  # fmt: skip
        with unguarded():
            Partnership.objects.filter(pk=self.one.pk).update(planned_total=300, awarded_total=300)
            Partnership.objects.filter(pk=self.other.pk).update(
                planned_total=300, awarded_total=300, notified_total=300
            )

    def contributions(self) -> None:
        """Plan contributions to open and closed years, with and without a program, and report some of them."""
        for status in ("active", "completed", "closed", "canceled"):
            row = self.run(f"{status}, contributions", status)
            programs = [None, *(
                self.make(Program, partnership=row, title=title, withdrawn=title == "Gone") for title in ("A", "Gone")
            )]  # fmt: skip
            for number, (program, year, side) in enumerate(product(programs, (2025, 2026, 2027), ("us", "partner"))):
                if (program, side) == (None, "us"):
                    continue
                line = {"partnership": row, "program": program, "government": side, "fiscal_year": year}
                for kind, unit, amounts in (("staff", "", (1,)), ("cash", "USD", (5, 0)), ("in_kind", "KES", (0, 7))):
                    for amount in amounts:
                        self.make(PlannedYear, kind=kind, unit=unit, amount=Decimal(amount), **line)
                given = {"kind": ("staff", "in_kind")[number % 2], "description": "A", "source": "Letter"}
                stage = ("pledged", "reported", "verified")[number % 3]
                first = self.make(Contribution, stage=stage, **given, **line)
                if number % 4 == 0:
                    self.make(Contribution, stage="pledged", replaces=first, **given, **line)

    def duties(self) -> None:
        for status in ("active", "completed", "negotiating"):
            row = self.run(f"{status}, duties", status)
            for number, days in enumerate(NEAR):
                on = TODAY + days * DAY
                for progress in ("planned", "under_way", "done", "dropped"):
                    shown = {"evidence": "Seen"}
                    withdrawn = number % 5 == 0
                    self.make(
                        Responsibility, partnership=row, participant=self.lead, text="A", due_on=on, status=progress,
                        withdrawn=withdrawn, **shown,
                    )  # fmt: skip
                    ended = {"actual_start": TODAY - DAY, "actual_end": TODAY} if progress == "done" else {}
                    activity = self.make(
                        Activity, partnership=row, objective=self.objective, title="A", planned_start=on - DAY,
                        planned_end=on, status=progress, withdrawn=withdrawn, **ended,
                    )  # fmt: skip
                    for reached in (None, TODAY):
                        self.make(Milestone, activity=activity, title="A", planned_on=on, reached_on=reached)
                    self.make(
                        SustainabilityMeasure, partnership=row, kind="law", text="A", owner=self.lead, review_on=on,
                        status=progress, **shown,
                    )  # fmt: skip
                for state in ("open", "occurred", "closed"):
                    self.make(
                        Risk, partnership=row, text="A", likelihood=1, impact=1, mitigation="B", owner=self.lead,
                        review_on=on, state=state, closing_note="Over",
                    )  # fmt: skip
                for state in ("planned", "under_way", "completed", "canceled"):
                    completed = {"completed_on": TODAY, "findings": "A"} if state == "completed" else {}
                    self.make(
                        Evaluation, partnership=row, kind="midline", title="A", planned_on=on, state=state, **completed
                    )

    def funds(self) -> None:
        """Notify from funds around the days that are announced: nothing, part, and all of it obligated, or replaced."""
        award = self.make(
            Award, partnership=self.one, title="A", type="grant", recipient="B", recipient_type="expert", state="active"
        )
        for number, days in enumerate((-400, -1, 0, 1, 179, 180, 181, 400, None) * 4):
            fund = self.make(
                Fund, account="other", account_name=f"Account {number}", first_fiscal_year=2026, last_fiscal_year=2027,
                expires_on=None if days is None else TODAY + days * DAY, days_from="A",
            )  # fmt: skip
            notice = {"partnership": self.one, "sent_on": TODAY - 900 * DAY, "amount": Decimal(50), "fund": fund}
            first, _ = (self.make(CongressionalNotification, reference=f"CN {part}", **notice) for part in (1, 2))
            for amount in (Decimal(0), Decimal(60), Decimal(100))[number % 3 : number % 3 + 1]:
                if amount:
                    self.make(
                        LedgerEntry, award=award, kind="obligation", amount=amount, fund=fund,
                        on=TODAY - 800 * DAY, fiscal_year=2024,
                    )  # fmt: skip
            if number % 4 == 3:
                self.make(
                    CongressionalNotification, reference="CN 3", replaces=first, **notice | {"amount": Decimal(10)}
                )

    def limits(self) -> None:
        for number, days in enumerate(NEAR * 3):
            row = self.one if number % 2 else self.run(f"exception {number}", "completed")
            made = self.make(
                LimitException, partnership=row, term_months=72, reason="A", expires_on=TODAY + days * DAY,
                requested_by=self.authors[number % 3],
            )  # fmt: skip
            self.written("partnerships_limitexception", made)
            if number % 3 == 1:
                self.make(LimitExceptionGrant, exception=made, granted_by=self.stage.approver)
            elif number % 9 == 2:
                self.make(LimitExceptionRefusal, exception=made, refused_by=self.stage.approver, reason="No")
        for number in range(9):
            policy = self.make(
                LimitPolicy, effective_from=TODAY + number * DAY, term_months=60, funding=Decimal(1), citation="A",
                proposed_by=self.authors[number % 3],
            )  # fmt: skip
            self.written("partnerships_limitpolicy", policy)
            if number % 3 == 0:
                self.make(LimitPolicyApproval, policy=policy, approved_by=self.stage.approver)

        for number in range(6):
            template = self.make(
                DocumentTemplate, kind="notification", number=number + 2, file="a.docx", sha256="0" * 64,
                uploaded_by=self.authors[number % 3], note="A" * (number % 2),
            )  # fmt: skip
            self.written("partnerships_documenttemplate", template)
            if number % 3 == 0:
                DocumentTemplate.objects.filter(pk=template.pk).update(
                    state="rejected", reason="A", decided_by=self.stage.approver, decided_at=timezone.now()
                )

        for number in range(6):
            proposal = self.make(
                Withholding, partnership=self.one, kind="name", item=f"Organization {number}", effect="release",
                reason="A", review_on=TODAY + DAY, proposed_by=self.authors[number % 3],
            )  # fmt: skip
            self.written("partnerships_withholding", proposal)
            if number % 3 == 0:
                Withholding.objects.filter(pk=proposal.pk).update(
                    state="rejected", decided_because="A", decided_by=self.stage.approver, decided_at=timezone.now()
                )

    def reviews(self) -> None:
        """Let reviews of two countries expire around each window; the newest of each restriction counts."""
        for index, days in enumerate((*NEAR, *NEAR)):
            country = (self.one, self.other)[index % 2].country
            for later in (0, 60 if index % 3 else 500):
                self.make(
                    RestrictionFinding, country=country, code=f"code{index}", status="clear", basis="A", reviewer="L",
                    reviewed_on=TODAY - 900 * DAY, expires_on=TODAY + (days + later) * DAY,
                    recorded_by=self.stage.analyst,
                )  # fmt: skip

    def clearances(self) -> None:
        """Let offices answer texts in every way: the same ones in each run, as the numbers are."""
        chance = Random(31)
        agencies = list(Agency.objects.filter(is_active=True).order_by("pk")[:5])
        moved = self.make(
            Agency, code="moved", name="Moved", is_active=False, successor=agencies[0], successor_reason="By law"
        )
        file = DocumentVersion.objects.order_by("pk").first()
        statuses = ("in_clearance",) * 12 + ("negotiating", "active", "canceled")
        unsigned = [self.run(f"text {number}", status) for number, status in enumerate(statuses)]
        for row in unsigned:
            if row.status != "active":
                Partnership.objects.filter(pk=row.pk).update(signed_on=None)
        amendments = list(Amendment.objects.filter(partnership=self.one).order_by("number"))
        for row, amendment in [(row, None) for row in unsigned] + [(self.one, one) for one in amendments[::2]]:
            for number in range(1, chance.randint(1, 3) + 1):
                version = self.make(
                    TextVersion, partnership=row, amendment=amendment, number=number, dated=TODAY, changed="A",
                    is_material=number == 1 or chance.random() < 0.3, reason="B",
                )  # fmt: skip
                if chance.random() < 0.8:
                    self.make(TextFile, version=version, language="English", document=file)
                    self.make(LegalFinding, version=version, result="non_binding", found_on=TODAY)
                for agency in (*agencies, moved):
                    self.clearance(chance, version, agency)

    def clearance(self, chance: Random, version: TextVersion, agency: Agency) -> None:
        """Ask an office over a version, and let it answer, or let another person decide on its silence."""
        removed = {"removed_on": TODAY, "removed_because": "A"} if chance.random() < 0.1 else {}
        if version.number == 1 or chance.random() < 0.5:
            self.make(
                ClearanceRequest, version=version, agency=agency, role="info" if chance.random() < 0.1 else "clear",
                asked_on=TODAY, due_on=TODAY + chance.choice(NEAR[2:]) * DAY, asked_by=chance.choice(self.authors),
                **removed,
            )  # fmt: skip
        for _ in range(chance.choice((0, 1, 1, 2))):
            kind = chance.choice(("clear", "clear", "does_not_clear", "no_equities", "extension"))
            self.make(ClearanceAnswer, version=version, agency=agency, kind=kind, answered_on=TODAY, comment="A")
        if chance.random() < 0.3:
            decision = chance.choice(("", "", "consented", "refused"))
            decided = {"decided_by": self.second, "decided_at": timezone.now()} if decision else {}
            author = chance.choice(self.authors)
            values = {"version": version, "agency": agency, "reason": "A", "asked_by": author, "decision": decision}
            made = self.make(Silence, **values, **decided)
            self.make(Authorship, record_kind="partnerships_silence", record_id=made.pk, author=author)

    def suspensions(self) -> None:
        for corrected in ((), (None,), (TODAY,), (TODAY, None), (TODAY, TODAY)):
            for is_over in (False, True):
                row = self.run(f"suspended {corrected} {is_over}", "suspended")
                values = {"partnership": row, "text": "A", "signatory": "B", "recorded_by": self.stage.approver}
                made = self.make(
                    Determination, kind="suspension", grounds=["eligibility", "responsibilities"],
                    determined_on=TODAY - 90 * DAY, **values,
                )  # fmt: skip
                for ground, day in zip(("eligibility", "responsibilities"), corrected, strict=False):
                    done = {"closed_on": day, "evidence": "A", "closed_by": self.stage.approver} if day else {}
                    self.make(Correction, determination=made, ground=ground, description="A", **done)
                if is_over:
                    self.make(Determination, kind="reinstatement", suspension=made, determined_on=TODAY, **values)
