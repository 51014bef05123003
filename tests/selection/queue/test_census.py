"""No one's queue misses an item of the selection that SQL over all open states finds, and none has one too many."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count, product
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.audit.models import Authorship
from cpc.lifecycle import StateMachine
from cpc.site.queue import Desk
from indicators.models import Country
from selection import states
from selection.models import (
    Admission,
    Candidate,
    ConsultationRequest,
    CriteriaAnswer,
    CriteriaRequest,
    CutShort,
    CutShortLine,
    Decision,
    Discussion,
    Disposition,
    EvidenceVersion,
    ExtensionAnswer,
    Memo,
    MemoTemplate,
    NotApplicable,
    Note,
    PoolPolicy,
    Position,
    PositionValue,
    ProceedWithout,
    Rating,
    RatingEvidence,
    Recommendation,
    RequestCandidate,
    RestrictionFinding,
    RoundStep,
    ScoringModel,
    SelectionRound,
    StatedWeights,
    WeightingExercise,
    WeightingParticipant,
)
from selection.queue import registrations
from selection.queue.agency import for_agency
from selection.queue.approvals import any_approver, decisions
from selection.queue.office import office_work, rating
from selection.queue.weights import exercise_work, for_contacts, own_weights
from tests.selection.decisions.deliberating import Deliberation
from tests.selection.queue import census
from tests.support.accounts import make_account
from tests.support.rounds import ON
from tests.support.unguarded import unguarded

DAY = timedelta(days=1)
NEAR = (-40, -1, 0, 1, 29, 30, 31, 400)

PRODUCED: dict[str, dict[str, tuple[str, ...]]] = {
    "ROUND": {
        "draft": ("round-step",),
        "screening": ("round-step",),
        "scoring": ("ratings", "round-consult"),
        "consultation": (
            "statutory-ask",
            "round-deliberate",
            "position-answer",
            "silent",
            "cut-short",
            "agency-consent",
            "cut-short-refused",
        ),
        "deliberation": ("recommend", "memo-issue", "recommendations", "round-close"),
        "decided": ("recommendations",),
    },
    "SCORING_MODEL": {"draft": ("model-publish", "model-describe")},
    "NOTE": {"open": ("notes-adjudicate",), "adjudicated": ("notes-judge",), "escalated": ("notes-escalated",)},
}
SETTLED: dict[str, dict[str, str]] = {
    "ROUND": {"archived": "It is kept; restoring is a choice."},
    "SCORING_MODEL": {
        "published": "It is in use; adopting it and drafting another are choices.",
        "superseded": "Another version is in use.",
        "withdrawn": "It stays on file.",
    },
    "NOTE": {"closed": "Both sides are done."},
    "NOTE_VISIBILITY": dict.fromkeys(("agency", "office", "all"), "Showing a note to more readers is a choice."),
}


def keys(user: User, today: date) -> set[str]:
    return {item.key for lane in registrations.lanes(Desk(user, today, 1000)) for item in lane.items}


def test_each_state_has_a_branch_or_a_reason() -> None:
    machines = {name: machine for name, machine in vars(states).items() if isinstance(machine, StateMachine)}
    assert machines.keys() == SETTLED.keys()
    for name, machine in machines.items():
        assert {*PRODUCED.get(name, {}), *SETTLED[name]} == set(machine.states), name
    made = [*for_agency(), *decisions(sent=False), *any_approver(), *office_work(), *rating()]
    made += [*exercise_work(), *for_contacts(), *own_weights()]
    assert {key for found in PRODUCED.values() for named in found.values() for key in named} <= {
        one.key for one in made
    }


class Forge:
    """Rounds in each state, with requests, answers, notes, and recommendations in each state of their own."""

    def __init__(self, deliberation: Deliberation) -> None:
        self.office, self.there = deliberation.office, deliberation.round
        self.second = make_account(Role.APPROVER, username="second-approver")
        old = Agency.objects.create(code="old", name="Old", is_active=False, statutory=True)
        self.agencies = [self.office.agency(code, f"Agency {code}") for code in ("aaa", "bbb", "ccc")]
        Agency.objects.filter(pk=old.pk).update(successor=self.agencies[0], successor_reason="Merged")
        self.people = [
            self.office.analyst, self.office.second, self.office.approver, self.second,
            *User.objects.filter(role=Role.REVIEWER), make_account(Role.VIEWER), make_account(Role.ADMINISTRATOR),
            make_account(Role.API_CLIENT),
        ]  # fmt: skip
        self.old = old
        self.numbers, self.steps = count(), count()
        with unguarded():
            self.memo = self.memo_elsewhere()
            self.rounds()
            self.proposals()
            self.weighed()

    def make(self, kind: type[models.Model], /, **values: Any) -> Any:
        return kind._default_manager.bulk_create([kind(**values)])[0]

    def memo_elsewhere(self) -> Memo:
        """Return a memo of a round in which nothing waits, so that the memos of the others stay as forged."""
        over = self.make(
            SelectionRound, title="Over", fiscal_year=2027, model=self.there.model, as_of=1, reference_date=ON,
            state="archived",
        )  # fmt: skip
        return self.memo_of(over)

    def memo_of(self, row: SelectionRound) -> Memo:
        digest = "0" * 64
        memo: Memo = self.make(
            Memo, round=row, number=1, purpose="for_decision", content={}, content_hash=digest, sha256=digest,
            template_sha256=digest, made_by=self.office.analyst,
        )  # fmt: skip
        return memo

    def rounds(self) -> None:
        countries = list(Country.objects.filter(code__in=("GHA", "KEN", "PER", "NGA", "SEN", "TGO")))
        for state, number in product(states.ROUND.states, range(4)):
            row = self.make(
                SelectionRound, title=f"{state} {number}", fiscal_year=2027, model=self.there.model, as_of=1,
                reference_date=ON, state=state,
            )  # fmt: skip
            candidates = [
                self.make(
                    Candidate, round=row, country=country, excluded_because="" if index else "by_hand", reason="A"
                )
                for index, country in enumerate(countries)
            ]
            if number == 0:
                self.make(
                    NotApplicable, round=row, agency=self.agencies[0], reason="A", recorded_by=self.office.analyst
                )
            elif number < 3:
                self.asked(row, candidates, number)
                self.noted(row, candidates[1], number)
            if number == 2:
                self.rated(row, candidates)
            if number in (0, 2):
                self.memo_of(row)
            self.recommended(candidates, number)

    def asked(self, row: SelectionRound, candidates: list[Candidate], number: int) -> None:
        sent = timezone.now()
        for index, (agency, role) in enumerate(zip(self.agencies, ("clear", "consult", "info"), strict=True)):
            days = NEAR[(index + number) % len(NEAR)]
            request = self.make(
                ConsultationRequest, round=row, agency=agency, role=role, due_on=ON + days * DAY,
                sent_at=None if number == 1 and index == 1 else sent,
            )  # fmt: skip
            values = ["", *PositionValue.values]
            for step, candidate in enumerate(candidates * 2):
                if step < len(candidates):
                    self.make(RequestCandidate, request=request, candidate=candidate)
                    evidence = self.make(
                        EvidenceVersion, candidate=candidate, number=index + 1, as_of=1, digest="0" * 64, cells=[]
                    )
                    value = values[(step + index + number) % len(values)]
                    if value:
                        self.position(request, candidate, evidence, value, step + number)
            line = self.proposed(row, request)
            self.make(
                ProceedWithout, request=request, candidate=candidates[5], line=line, reason="A",
                approved_by=self.second,
            )  # fmt: skip

    def proposed(self, row: SelectionRound, request: ConsultationRequest) -> CutShortLine:
        """Propose to go on, or less time, in each state of a proposal; return the line."""
        step = next(self.steps)
        decision = ("", "agreed", "withdrawn", "refused", "", "overtaken")[step % 6]
        kind = "go_on" if step % 6 in (0, 1, 3) else "shorten"
        author = (self.office.analyst, self.office.approver)[step // 5 % 2]
        decided = {} if decision in ("", "overtaken") else {"decided_by": self.second, "note": "A"}
        proposal = self.make(CutShort, round=row, kind=kind, asked_by=author, decision=decision, **decided)
        self.make(Authorship, record_kind="selection_cutshort", record_id=proposal.pk, author=author)
        due_on = (request.due_on or ON) + (-DAY if step % 4 else DAY) if kind == "shorten" else None
        consented = {"consented_by": self.people[4]} if step % 7 == 0 else {}
        line: CutShortLine = self.make(
            CutShortLine, proposal=proposal, request=request, reason="A", due_on=due_on, **consented
        )
        if step % 11 == 0:
            self.make(
                RoundStep, round=row, name="reopen_consultation", source="deliberation", target="consultation",
                actor=author,
            )  # fmt: skip
        return line

    def position(self, request: Any, candidate: Any, evidence: Any, value: str, number: int) -> None:
        made = self.make(
            Position, request=request, candidate=candidate, agency=request.agency, value=value, text="A",
            proposed_due_on=ON if value == "extension" else None, evidence=evidence, given_by=self.people[4],
            superseded_at=timezone.now() if number % 5 == 4 else None,
        )  # fmt: skip
        if next(self.numbers) % 2:
            self.make(Disposition, position=made, text="A", by=self.office.analyst)
        if value == "extension" and number % 2 == 0:
            self.make(ExtensionAnswer, position=made, granted=False, reason="No", by=self.office.analyst)

    def noted(self, row: SelectionRound, candidate: Candidate, number: int) -> None:
        kinds = ("critical", "major")
        agencies = [None, self.old, *self.agencies]
        wanted = product(states.NOTE.states, states.NOTE_VISIBILITY.states, agencies, kinds)
        for index, (status, visibility, agency, kind) in enumerate(wanted):
            if (index + number) % 7 or (agency is None and visibility == "agency"):
                continue
            own = {"series": "A-private", "private_number": index} if visibility == "agency" else {"series": "A"}
            self.make(
                Note, round=row, **own, number=index, candidate=candidate, agency=agency, kind=kind, text="A",
                rationale="B", visibility=visibility, status=status,
                author=self.office.analyst if agency is None else self.people[4 + index % 3],
            )  # fmt: skip

    def rated(self, row: SelectionRound, candidates: list[Candidate]) -> None:
        for criterion in row.model.as_table.criteria:
            if criterion.is_rated:
                for candidate in candidates[1:]:
                    rating = self.make(
                        Rating, candidate=candidate, criterion=criterion.key, rater=self.office.analyst, step=2,
                        rationale="A",
                    )  # fmt: skip
                    self.make(RatingEvidence, rating=rating, document="A")

    def recommended(self, candidates: list[Candidate], number: int) -> None:
        for index, candidate in enumerate(candidates[: 1 if number == 1 else None]):
            author = (self.office.analyst, self.office.approver)[index % 2]
            made = self.make(
                Recommendation, candidate=candidate, action="defer", rationale="A", place=index, drafted_by=author
            )
            self.make(Authorship, record_kind="selection_recommendation", record_id=made.pk, author=author)
            if number == 2 or index % 3 == 0:
                self.make(
                    Decision, recommendation=made, candidate=candidate, action="defer", decided_by=self.second,
                    memo=self.memo, verdict="approved",
                )  # fmt: skip
            else:
                answered = {"answer": "A", "answered_by": author, "answered_at": timezone.now()}
                self.make(
                    Discussion, recommendation=made, memo=self.memo, question="A", asked_by=self.second,
                    **(answered if index == 2 else {}),
                )  # fmt: skip

    def proposals(self) -> None:
        countries = list(Country.objects.all()[:60])
        shipped = PoolPolicy.objects.first()
        assert shipped is not None
        for index, (decision, days) in enumerate(product(("", "approved", "refused"), NEAR)):
            author = (self.office.analyst, self.office.approver, self.second)[index % 3]
            decided = {"decision": decision, "decided_at": timezone.now(), "decision_note": "A"} if decision else {}
            shared = {"why": "A", "legal_note": "B", "proposed_by": author, **decided}
            in_force = {"in_force_from": ON - 90 * DAY} if decision == "approved" else {}
            admission = self.make(Admission, country=countries[index], until=ON + days * DAY, **in_force, **shared)
            rule = self.make(
                PoolPolicy, reason=shipped.reason, place=shipped.place, puts_outside=shipped.puts_outside, citation="A",
                in_force_from=ON + 700 * DAY + index * DAY, **shared,
            )  # fmt: skip
            model = self.make(
                ScoringModel, key=f"key-{index}", number=1, title="A", note="B" if index % 2 else "", table={},
                table_hash="0" * 64, drafted_by=author,
            )  # fmt: skip
            template = self.make(
                MemoTemplate, number=index + 1, sha256="0" * 64, uploaded_by=author, decision=decision,
                **({"decided_at": timezone.now(), "decision_note": "A"} if decision else {}),
            )  # fmt: skip
            for kind, row in (
                ("selection_memotemplate", template),
                ("selection_admission", admission),
                ("selection_poolpolicy", rule),
                ("selection_scoringmodel", model),
            ):
                self.make(Authorship, record_kind=kind, record_id=row.pk, author=author)
        for index, days in enumerate(NEAR):
            for code, later in (("tier_3", 0), ("coup", 100 if index % 2 else 0)):
                for more in (0, later):
                    self.make(
                        RestrictionFinding, country=Country.objects.get(code=("GHA", "KEN", "PER")[index % 3]),
                        code=f"{code}{index}", status="clear", basis="A", reviewer="L", reviewed_on=ON - 90 * DAY,
                        expires_on=ON + (days + more) * DAY, recorded_by=self.office.analyst,
                    )  # fmt: skip

    def weighed(self) -> None:
        """Forge exercises with no, some, and all answers, and requests on criteria, on versions in each state."""
        models = [
            self.make(
                ScoringModel, key=f"weighed-{index}", number=1, title="A", note="B", table={}, table_hash="0" * 64,
                **({"state": "published", "published_at": timezone.now()} if index % 2 else {}),
            )
            for index in range(2 * len(NEAR))
        ]  # fmt: skip
        gone = self.make(
            ScoringModel, key="gone", number=1, title="A", note="B", table={}, table_hash="0" * 64, state="withdrawn",
            withdrawn_because="A",
        )  # fmt: skip
        for index, model in enumerate(models):
            closed = {"closed_at": timezone.now(), "closed_by": self.office.analyst, "closed_because": "A"}
            exercise = self.make(
                WeightingExercise, model=model, title="A", reason="B", table_hash="0" * 64, nodes=[],
                due_on=ON + NEAR[index % len(NEAR)] * DAY, opened_by=self.office.analyst,
                **(closed if index == 3 else {}),
            )  # fmt: skip
            asked: list[dict[str, Any]] = [
                {"account": self.office.analyst}, {"account": self.second}, {"agency": self.agencies[index % 3]}
            ]  # fmt: skip
            for number, who in enumerate(asked[: index % 4]):
                self.participates(exercise, who, number + index)
        for index, model in enumerate([*models, gone]):
            self.asked_on_criteria(model, index)

    def participates(self, exercise: WeightingExercise, who: dict[str, Any], number: int) -> None:
        dropped = {"dropped_at": timezone.now(), "drop_reason": "A"} if number % 5 == 4 else {}
        participant = self.make(
            WeightingParticipant, exercise=exercise, asked_by=self.office.analyst, **who, **dropped
        )  # fmt: skip
        ended: dict[str, Any] = {}
        if number % 5 == 1:
            ended = {"superseded_at": timezone.now()}
        elif number % 5 == 2:
            ended = {
                "withdrawn_at": timezone.now(), "withdrawn_by": self.office.analyst, "withdrawn_because": "A",
            }  # fmt: skip
        if number % 3:
            self.make(
                StatedWeights, participant=participant, ranks={}, points={}, comment="A",
                given_by=self.office.analyst, **ended,
            )  # fmt: skip

    def asked_on_criteria(self, model: ScoringModel, index: int) -> None:
        asked = ON - 60 * DAY
        due = None if index % 7 == 6 else ON + NEAR[index % len(NEAR)] * DAY
        request = self.make(
            CriteriaRequest, model=model, agency=self.agencies[index % 3], table_hash="0" * 64, asked_on=asked,
            due_on=due, asked_by=self.office.analyst, superseded_at=timezone.now() if index % 6 == 5 else None,
        )  # fmt: skip
        if index % 4 == 3:
            self.make(
                CriteriaAnswer, model=model, agency=request.agency, request=request, table_hash="0" * 64,
                value="agrees", answered_on=ON, by_agency=True, recorded_by=self.office.analyst,
                superseded_at=timezone.now() if index % 8 == 7 else None,
            )  # fmt: skip


@pytest.mark.parametrize("days", [0, 40])
def test_each_open_state_waits_for_whoever_may_do_it(deliberation: Deliberation, days: int) -> None:
    forged = Forge(deliberation)
    today = ON + days * DAY
    for user in forged.people:
        found, expected = keys(user, today), census.open_for(user, today)
        assert (expected - found, found - expected) == (set(), set()), user
    if days:
        return
    reached = {key.partition(":")[0] for user in forged.people for key in keys(user, today)}
    assert {*census.OFFICE, *census.APPROVER, *census.REVIEWER} - reached <= {"memo-issue", "round-close"}
