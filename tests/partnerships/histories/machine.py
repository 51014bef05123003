"""Random histories of one partnership, by services, REST, and SQL.

Each rule attempts one act with random arguments. The machine does not know which error is due; it knows the laws: an
act that was accepted leaves a lawful record, one that was refused leaves the record as it was, and a movement of money
is accepted exactly if the record stays lawful.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import Country
from partnerships.amendments.services import drafting, steps
from partnerships.awards.services import awards as awards_services
from partnerships.dialogues import services as dialogues_services
from partnerships.limit_exceptions import services as limit_exceptions_services
from partnerships.models import (
    Amendment,
    AmendmentKind,
    Award,
    AwardState,
    AwardType,
    CongressionalNotification,
    Contribution,
    Correction,
    Determination,
    Government,
    LedgerKind,
    LimitException,
    Partnership,
    Program,
    RecipientType,
)
from partnerships.money import services as money_services
from partnerships.monitoring.services.results import schedule_periods
from partnerships.schedules import ReportFrequency
from partnerships.status import services as status_services
from partnerships.terms import services as terms_services
from tests.api.test_partnerships import as_program, post, url_of
from tests.partnerships.histories.laws import violations
from tests.partnerships.histories.record import WAITING_DAYS, Record, Row, months_later, read
from tests.partnerships.histories.sentences import read_pages, untrue
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

Item = TypeVar("Item")

REFUSALS = (ValidationError, PermissionDenied, DatabaseError)
AMOUNTS = st.sampled_from([Decimal(text) for text in ("0.01", "50000", "100000", "100000", "500000", "2000000")])
LIMIT_AMOUNTS = st.sampled_from([Decimal(text) for text in ("100000", "1000000", "4000000", "5000000", "5000000.01")])
KINDS = st.sampled_from(
    ["award", "reduction", "obligation", "obligation", "adjustment", "deobligation", "disbursement", "refund"]
)
BASIS: dict[str, Any] = {"note": "As agreed", "authority": "The grants officer"}
DAYS = st.integers(min_value=-40, max_value=900)
BESIDE_A_BOUND = st.sampled_from([None, -1, -1, 0, 1])
"""None for any day."""
ROUTES = st.sampled_from(["service", "REST", "SQL"])
PEOPLE = st.integers(min_value=0, max_value=3)
PICK = st.integers(min_value=0, max_value=20)
NEXT_STEPS = {"signed": "start", "active": "complete", "completed": "close", "terminated": "close", "closed": "reopen"}
NEXT_ACTS = {"draft": "submit", "submitted": "approve", "approved": "apply"}
LIKELY = st.integers(min_value=0, max_value=9).map(lambda number: number > 2)
STEPS = st.sampled_from(["start", "complete", "close", "reopen", "cancel", "withdraw_invitation", "sign"])
TARGETS = {"start": "active", "complete": "completed", "close": "closed", "sign": "signed", "reopen": "completed"}

KINDS_OF_CHANGE = {
    "extend": AmendmentKind.EXTENSION,
    "amount": AmendmentKind.TOP_UP,
    "withdraw": AmendmentKind.TERMS,
    "restore": AmendmentKind.TERMS,
    "add": AmendmentKind.TOP_UP,
}


class Refused(Exception):
    """A REST request that was refused, with the problem."""


@dataclass
class Office:
    """The people of all histories, their clients, and the countries not used yet."""

    stage: Stage = field(default_factory=Stage)
    number: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        second = make_account(Role.APPROVER, username="second-approver")
        self.people: tuple[User, ...] = (
            self.stage.analyst,
            self.stage.approver,
            second,
            make_account(Role.ANALYST, username="second-analyst"),
        )
        self.programs = {person.pk: as_program(person) for person in self.people}
        self.reader: Client = client_of(self.stage.analyst)
        self.codes: tuple[str, ...] = tuple(
            Country.objects.filter(kind="state").exclude(code="USA").order_by("code").values_list("code", flat=True)
        )

    def next_code(self) -> str:
        """Return the country of the next history."""
        number: int = next(self.number)
        return self.codes[number % len(self.codes)]


class History(RuleBasedStateMachine):
    """One partnership, from its draft on."""

    office: Office

    def __init__(self) -> None:
        super().__init__()
        self.today = date.today()
        self.hands: dict[int, set[int]] = defaultdict(set)
        self.partnership: Partnership

    # ---- attempts --------------------------------------------------------------------------------------------------

    def attempt(self, act: Callable[[], object], *, lawful: bool | None = None) -> bool:
        """Attempt an act in a transaction of its own, and return whether it was accepted.

        `lawful` is whether it must be accepted; None if the machine can't tell.
        """
        before, refusal = read(self.partnership.pk), ""
        try:
            with transaction.atomic():
                act()
        except (*REFUSALS, Refused) as error:
            refusal = repr(error)
        if refusal:
            assert not lawful, f"A lawful act was refused: {refusal}"
            assert read(self.partnership.pk) == before, f"A refused act left a trace: {refusal}"
        else:
            assert lawful is not False, "An unlawful act was accepted."
        return not refusal

    def rest(self, person: User, below: str, values: dict[str, Any]) -> None:
        """Post to the REST interface, and raise `Refused` with its problem."""
        response = post(self.office.programs[person.pk], self.partnership, below, values)
        assert response.status_code < 500, response.content
        if response.status_code >= 400:
            raise Refused(response.json())

    def person(self, number: int) -> User:
        """Return one of the people."""
        return self.office.people[number]

    def record(self) -> Record:
        """Return the record now."""
        return read(self.partnership.pk)

    def chosen(self, items: list[Item], number: int) -> Item:
        """Return one of several items."""
        return items[number % len(items)]

    def awards(self) -> list[Award]:
        """Return the awards, the oldest first."""
        return list(Award.objects.filter(partnership=self.partnership).order_by("pk"))

    # ---- the beginning ---------------------------------------------------------------------------------------------

    @initialize(
        start=st.integers(min_value=-60, max_value=2000),
        months=st.sampled_from([12, 36, 59, 60]),
        planned=st.sampled_from(["100000.00", "4000000.00", "4000000.00", "5000000.00"]),
        until=st.sampled_from(["draft", "signed", "active", "active", "active", "terminated"]),
        waited=st.sampled_from([None, None, 0, 14, 15, 15]),
        obligated=st.sampled_from([None, "0.01", "0.25", "0.5", "1"]),
    )
    def begin(
        self, start: int, months: int, planned: str, until: str, waited: int | None, obligated: str | None
    ) -> None:
        """Make the partnership; on its first day, its notification has `waited` so many days, None for none."""
        stage = self.office.stage
        starts_on = self.today - timedelta(days=start)
        last_day = months_later(min(starts_on, self.today), months)
        partnership = stage.draft(
            self.office.next_code(),
            starts_on=starts_on,
            ends_on=last_day,
            reason="Another program of the same country",
        )
        self.partnership = partnership
        # A title of its own, by which the list is searched.
        Partnership.objects.filter(pk=partnership.pk).update(title=f"{partnership.title}, history {partnership.pk}")
        stage.program(partnership, planned)
        if until != "draft":
            stage.sign(partnership, min(starts_on, self.today))
        is_active = until in ("active", "terminated") and starts_on <= self.today
        if is_active:
            stage.step(partnership, "start", starts_on)
        if waited is not None:
            money_services.record_notification(
                partnership=partnership,
                sent_on=min(starts_on, self.today) - timedelta(days=waited),
                amount=Decimal(planned),
                reference="CN 1",
                actor=stage.analyst,
            )
        if until == "terminated" and is_active:
            # Within the term, which ends before today if it began long ago.
            self._determine("termination", min(self.today - timedelta(days=start // 2), last_day))
        elif is_active and obligated:
            award = self._create_award(starts_on, 300)
            stage.move(award, LedgerKind.AWARD, f"{Decimal(planned) * Decimal('0.6'):.2f}", starts_on)
            if waited == WAITING_DAYS.days:
                stage.move(
                    award,
                    LedgerKind.OBLIGATION,
                    f"{Decimal(planned) * Decimal('0.6') * Decimal(obligated):.2f}",
                    starts_on,
                )

    def day(self, offset: int) -> date:
        """Return a day counted from the first day of the term, or from the signature if that is earlier."""
        starts_on = self.record().first_day or self.today
        return starts_on + timedelta(days=offset)

    def bounds(self) -> list[date]:
        """Return the days on which a law about money begins or ceases to hold, in order."""
        record = self.record()
        days = {row.sent_on + WAITING_DAYS for row in record.notifications}
        days |= {row.starts_on for row in record.awards} | {row.on for row in record.ledger}
        return sorted(days | {day for day in (record.first_day, record.last_day) if day})

    # ---- money -----------------------------------------------------------------------------------------------------

    @rule(amount=LIMIT_AMOUNTS, days=st.integers(-40, 120), replaces=st.booleans(), pick=PICK)
    def notify(self, amount: Decimal, days: int, replaces: bool, pick: int) -> None:
        record = self.record()
        replaced = {row.replaces_id for row in record.notifications}
        heads = [row for row in record.notifications if row.id not in replaced]
        before = self.chosen(heads, pick).id if replaces and heads else None
        self.attempt(
            lambda: money_services.record_notification(
                partnership=self.partnership,
                sent_on=min(self.day(days), self.today),
                amount=Decimal(0) if before and pick % 3 == 0 else amount,
                reference=f"CN {len(record.notifications) + 2}",
                actor=self.office.stage.analyst,
                replaces=CongressionalNotification.objects.get(pk=before) if before else None,
            )
        )

    @rule(amount=AMOUNTS, days=st.integers(0, 60), person=PEOPLE)
    def exempt(self, amount: Decimal, days: int, person: int) -> None:
        self.attempt(
            lambda: money_services.exempt_from_notification(
                partnership=self.partnership,
                kind="emergency",
                amount=amount,
                from_on=self.day(days),
                authority="22 U.S.C. 2394-1(b)",
                reason="Risk to health",
                actor=self.person(person),
            )
        )

    @rule(days=st.integers(-10, 200), length=st.integers(30, 1500))
    def open_award(self, days: int, length: int) -> None:
        if len(self.awards()) < 3:
            self.attempt(lambda: self._create_award(self.day(days), length))

    def _create_award(self, starts_on: date, length: int) -> Award:
        return awards_services.create_award(
            award=Award(
                partnership=self.partnership,
                title="Courts",
                type=AwardType.GRANT,
                recipient="An organization",
                recipient_type=RecipientType.CIVIL_SOCIETY,
                starts_on=starts_on,
                ends_on=starts_on + timedelta(days=length),
            ),
            actor=self.office.stage.analyst,
        )

    @precondition(lambda self: bool(self.awards()))
    @rule(kind=KINDS, amount=AMOUNTS, days=DAYS, beside=BESIDE_A_BOUND, pick=PICK, route=ROUTES)
    def move_again(self, kind: str, amount: Decimal, days: int, beside: int | None, pick: int, route: str) -> None:
        """Move money: a second rule of the same kind, so that it is chosen twice as often."""
        self.move(kind=kind, amount=amount, days=days, beside=beside, pick=pick, route=route)

    @precondition(lambda self: bool(self.awards()))
    @rule(kind=KINDS, amount=AMOUNTS, days=DAYS, beside=BESIDE_A_BOUND, pick=PICK, route=ROUTES)
    def move(self, kind: str, amount: Decimal, days: int, beside: int | None, pick: int, route: str) -> None:
        award = self.chosen(self.awards(), pick)
        bounds = self.bounds()
        day = self.day(days) if beside is None or not bounds else self.chosen(bounds, days) + timedelta(days=beside)
        on = min(day, self.today)
        expected = self._is_lawful_movement(award, kind, amount, on)
        writer = self.office.stage.analyst

        def act() -> None:
            if route == "REST":
                body = {"award": award.pk, "kind": kind, "amount": str(amount), "on": on.isoformat(), **BASIS}
                self.rest(writer, "ledger/", body)
            elif route == "SQL":
                with connection.cursor() as cursor:
                    cursor.execute(
                        'INSERT INTO partnerships_ledgerentry (award_id, kind, amount, "on", fiscal_year, reference, '
                        "note, authority, recorded_by_id) VALUES (%s, %s, %s, %s, %s, '', %s, %s, %s)",
                        [award.pk, kind, amount, on, on.year + (on.month > 9), *BASIS.values(), writer.pk],
                    )
            else:
                awards_services.record_ledger_entry(
                    award=award, kind=LedgerKind(kind), amount=amount, on=on, actor=writer, **BASIS
                )

        self.attempt(act, lawful=expected)

    def _is_lawful_movement(self, award: Award, kind: str, amount: Decimal, on: date) -> bool | None:
        """Return whether the record would stay lawful with one more movement, None where the laws don't tell."""
        record = self.record()
        entry = Row({"id": 0, "award_id": award.pk, "kind": kind, "amount": amount, "on": on})
        after = replace(record, ledger=(*record.ledger, entry))
        sums = {f"{name}_total": after.total(name) for name in ("awarded", "obligated", "disbursed")}
        own = {f"{name}_total": after.total(name, award.pk) for name in ("awarded", "obligated", "disbursed")}
        after = replace(
            after,
            stored=Row({**record.stored.values, **sums}),
            awards=tuple(Row({**row.values, **own}) if row.id == award.pk else row for row in record.awards),
        )
        if violations(after) or after.total("awarded") > max(record.planned, record.total("awarded")):
            return False
        if award.state == "closed" or (kind in ("award", "obligation") and award.state not in ("planned", "active")):
            return False
        if kind == "obligation":
            return record.status in ("signed", "active") and on <= record.stored.ends_on
        if kind == "adjustment":
            was_obligated = any(entry.kind == "obligation" and entry.award_id == award.pk for entry in record.ledger)
            return was_obligated and record.status in ("signed", "active", "completed", "terminated")
        # After the end, an award can be reduced and paid out, and money can come back, but nothing more is awarded.
        return None if record.status in ("completed", "terminated", "closed", "canceled") else True

    @precondition(lambda self: bool(self.awards()))
    @rule(state=st.sampled_from(list(AwardState)), pick=PICK, days=DAYS)
    def change_award(self, state: AwardState, pick: int, days: int) -> None:
        self.attempt(
            lambda: awards_services.change_award_state(
                award=self.chosen(self.awards(), pick),
                state=state,
                actor=self.office.stage.analyst,
                on=min(self.day(days), self.today),
                reason="As agreed",
            )
        )

    # ---- steps -----------------------------------------------------------------------------------------------------

    @rule(name=STEPS, is_next=LIKELY, days=st.integers(-300, 1), person=PEOPLE, route=ROUTES)
    def step(self, name: str, is_next: bool, days: int, person: int, route: str) -> None:
        if is_next:
            name = NEXT_STEPS.get(self.record().status, name)
        on, actor = self.today + timedelta(days=days), self.person(person)
        reason, target = "As agreed", TARGETS.get(name, "canceled")

        def act() -> None:
            if route == "REST":
                client = self.office.programs[actor.pk]
                etag = client.get(url_of(self.partnership))["ETag"]
                response = client.post(
                    url_of(self.partnership, "transitions/"),
                    {"name": name, "on": on.isoformat(), "reason": reason},
                    content_type="application/json",
                    headers={"If-Match": etag},
                )
                assert response.status_code < 500, response.content
                if response.status_code >= 400:
                    raise Refused(response.json())
            elif route == "SQL":
                with connection.cursor() as cursor:
                    cursor.execute(
                        "INSERT INTO partnerships_statuschange (partnership_id, transition, from_status, to_status, "
                        "effective_on, reason, actor_id) SELECT id, %s, status, %s, %s, %s, %s "
                        "FROM partnerships_partnership WHERE id = %s",
                        [name, target, on, reason, actor.pk, self.partnership.pk],
                    )
            else:
                status_services.take_step(partnership=self.partnership, name=name, actor=actor, on=on, reason=reason)

        self.attempt(act)

    @rule(kind=st.sampled_from(["suspension", "reinstatement", "termination"]), days=st.integers(-300, 0))
    def determine(self, kind: str, days: int) -> None:
        self.attempt(lambda: self._determine(kind, self.today + timedelta(days=days)))

    def _determine(self, kind: str, on: date) -> Determination:
        suspension = (
            Determination.objects.filter(partnership=self.partnership, kind="suspension").order_by("pk").last()
            if kind == "reinstatement"
            else None
        )
        return status_services.determine(
            determination=Determination(
                partnership=self.partnership,
                kind=kind,
                grounds=[] if kind == "reinstatement" else ["eligibility"],
                text="The Secretary determined.",
                signatory="The Secretary",
                determined_on=on,
                suspension=suspension,
            ),
            actor=self.office.stage.approver,
        )

    @rule(days=st.integers(-200, 0))
    def correct(self, days: int) -> None:
        suspension = Determination.objects.filter(partnership=self.partnership, kind="suspension").order_by("pk").last()
        if suspension is None:
            return

        def act() -> Correction:
            made = status_services.open_correction(
                determination=suspension,
                ground=suspension.grounds[0],
                description="A new plan",
                actor=self.office.stage.analyst,
            )
            return status_services.close_correction(
                correction=made,
                evidence="The plan",
                on=self.today + timedelta(days=days),
                actor=self.office.stage.approver,
            )

        self.attempt(act)

    # ---- terms and amendments --------------------------------------------------------------------------------------

    @rule(amount=LIMIT_AMOUNTS, pick=PICK)
    def set_amount(self, amount: Decimal, pick: int) -> None:
        program = self.chosen(list(Program.objects.filter(partnership=self.partnership).order_by("pk")), pick)
        self.attempt(
            lambda: terms_services.set_amounts(
                partnership=self.partnership,
                amounts=[(program, Government.UNITED_STATES, amount)],
                actor=self.office.stage.analyst,
            )
        )

    @rule(
        what=st.sampled_from(["extend", "amount", "withdraw", "restore", "add"]),
        months=st.sampled_from([-6, 1, 12, 24]),
        amount=LIMIT_AMOUNTS,
        writer=PEOPLE,
        helper=PEOPLE,
        pick=PICK,
    )
    def draft(self, what: str, months: int, amount: Decimal, writer: int, helper: int, pick: int) -> None:
        """Draft an amendment as one person, and write its change as another."""
        partnership = Partnership.objects.get(pk=self.partnership.pk)
        programs = list(Program.objects.filter(partnership=partnership).order_by("pk"))
        program, by = self.chosen(programs, pick), self.person(helper)

        def act() -> None:
            amendment = drafting.draft_amendment(
                partnership=partnership,
                kind=KINDS_OF_CHANGE[what],
                title="A change",
                reason="Agreed by both",
                actor=self.person(writer),
            )
            if what == "extend":
                assert partnership.ends_on is not None
                last = months_later(partnership.ends_on, months)
                drafting.propose_change(amendment=amendment, row=partnership, field="ends_on", value=last, actor=by)
            elif what in ("withdraw", "restore"):
                value = what == "withdraw"
                drafting.propose_change(amendment=amendment, row=program, field="withdrawn", value=value, actor=by)
            elif what == "amount":
                drafting.propose_amount(
                    amendment=amendment,
                    program=program,
                    government=Government.UNITED_STATES,
                    amount=amount,
                    actor=by,
                )
            else:
                added = Program(partnership=partnership, title=f"Program {len(programs) + 1}")
                drafting.propose_addition(amendment=amendment, row=added, actor=by)
                drafting.propose_amount(
                    amendment=amendment,
                    program=added,
                    government=Government.UNITED_STATES,
                    amount=amount,
                    actor=by,
                )
            self.hands[amendment.pk] |= {self.person(writer).pk, by.pk}

        self.attempt(act)

    @rule(
        act=st.sampled_from(["submit", "approve", "apply", "return", "withdraw"]),
        is_next=LIKELY,
        person=PEOPLE,
        pick=PICK,
    )
    def amend(self, act: str, is_next: bool, person: int, pick: int) -> None:
        amendments = list(Amendment.objects.filter(partnership=self.partnership).order_by("pk"))
        if not amendments:
            return
        amendment, actor = self.chosen(amendments, pick), self.person(person)
        if is_next:
            act = NEXT_ACTS.get(amendment.state, act)
        acts: dict[str, Callable[[], object]] = {
            "submit": lambda: steps.submit_amendment(amendment=amendment, actor=actor, on=self.today),
            "approve": lambda: steps.decide_amendment(amendment=amendment, approve=True, actor=actor),
            "apply": lambda: steps.apply_amendment(amendment=amendment, actor=actor, on=self.today),
            "return": lambda: steps.return_amendment(amendment=amendment, note="Explain", actor=actor),
            "withdraw": lambda: steps.withdraw_amendment(amendment=amendment, actor=actor),
        }
        is_accepted = self.attempt(acts[act])
        if is_accepted and act == "submit":
            self.hands[amendment.pk].add(actor.pk)
        if is_accepted and act in ("approve", "return"):
            assert actor.pk not in self.hands[amendment.pk], "The one who wrote or submitted a part decided on it."

    @rule(months=st.sampled_from([None, 66, 84]), funding=st.sampled_from([None, "5500000.00"]), person=PEOPLE)
    def request_exception(self, months: int | None, funding: str | None, person: int) -> None:
        self.attempt(
            lambda: limit_exceptions_services.request_exception(
                partnership=self.partnership,
                actor=self.person(person),
                reason="A prevalence study",
                expires_on=self.today + timedelta(days=30),
                term_months=months,
                funding=Decimal(funding) if funding else None,
            )
        )

    @rule(person=PEOPLE, pick=PICK, is_granted=st.booleans())
    def decide_exception(self, person: int, pick: int, is_granted: bool) -> None:
        requests = list(LimitException.objects.filter(partnership=self.partnership).order_by("pk"))
        if not requests:
            return
        request, actor = self.chosen(requests, pick), self.person(person)

        def act() -> None:
            if is_granted:
                limit_exceptions_services.grant_exception(
                    exception=request,
                    authority="The Ambassador-at-Large",
                    document=self.office.stage.document(self.partnership),
                    actor=actor,
                )
            else:
                limit_exceptions_services.refuse_exception(exception=request, reason="Not needed", actor=actor)

        self.attempt(act)

    # ---- promises --------------------------------------------------------------------------------------------------

    @rule(what=st.sampled_from(["contribution", "periods", "dialogue", "award", "exception"]))
    def promise(self, what: str) -> None:
        """Plan or promise something, which a closed partnership can't do."""
        analyst, partnership = self.office.stage.analyst, Partnership.objects.get(pk=self.partnership.pk)
        is_closed = self.record().is_closed
        acts: dict[str, Callable[[], object]] = {
            "contribution": lambda: money_services.record_contribution(
                contribution=Contribution(
                    partnership=partnership,
                    government=Government.PARTNER,
                    kind="cash",
                    stage="pledged",
                    fiscal_year=2025,
                    description="A fund",
                    amount_usd=Decimal(1000),
                    source="A letter",
                ),
                actor=analyst,
            ),
            "periods": lambda: schedule_periods(
                partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=analyst
            ),
            "dialogue": lambda: dialogues_services.plan_dialogue(
                partnership=partnership, planned_on=self.today + timedelta(days=90), actor=analyst
            ),
            "award": lambda: self._create_award(self.day(0), 300),
            "exception": lambda: limit_exceptions_services.request_exception(
                partnership=partnership,
                actor=analyst,
                reason="More",
                expires_on=self.today + timedelta(days=30),
                term_months=72,
            ),
        }
        before = self.record().promised
        self.attempt(acts[what])
        assert not is_closed or self.record().promised == before, f"A closed partnership took {what}."

    # ---- what must hold --------------------------------------------------------------------------------------------

    @invariant()
    def is_lawful(self) -> None:
        if hasattr(self, "partnership"):
            found = violations(self.record())
            assert not found, "\n".join(found)

    @rule()
    def look(self) -> None:
        """Compare the generated sentences with the record."""
        record, office = self.record(), self.office
        told = read_pages(record, office.reader, office.programs[office.stage.analyst.pk])
        found = untrue(record, told, self.today)
        assert not found, "\n".join(found)

    def teardown(self) -> None:
        if hasattr(self, "partnership"):
            self.look()
