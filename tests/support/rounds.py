"""A selection round in any state, created only through the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from selection.consultation.services import cut_short
from selection.consultation.services import positions as positions_services
from selection.consultation.services import requests as requests_services
from selection.decisions.obstacles import Step, as_findings, obstacles_of
from selection.models import (
    Candidate,
    ConsultationRequest,
    CutShort,
    Position,
    Rating,
    RatingEvidence,
    ScoringModel,
    SelectionRound,
)
from selection.pool_rules.pools import PoolRule
from selection.ratings import services as ratings_services
from selection.rounds import services as rounds_services
from tests.support.accounts import make_account
from tests.support.rankings import make_screen

ON = dt.date(2026, 11, 25)
DUE = dt.date(2026, 12, 18)
POOL = ("CIV", "GHA", "XKX")


@dataclass
class Office:
    """People of the office, and their steps in a round. `make` first publishes a small pool of countries."""

    analyst: User = field(default_factory=lambda: make_account(Role.ANALYST))
    second: User = field(default_factory=lambda: make_account(Role.ANALYST, username="analyst-2"))
    approver: User = field(default_factory=lambda: make_account(Role.APPROVER))

    @classmethod
    def make(cls, folder: Path, size: int = 30) -> Office:
        """Create the office, with a published pool and its desk screen."""
        make_screen(folder, size)
        return cls()

    @classmethod
    def there(cls) -> Office:
        """Return the office of a world whose people already have accounts, such as `deliberation`."""
        return cls(*(User.objects.get(username=name) for name in ("analyst", "analyst-2", "approver")))

    def open(self, *, only: Iterable[str] = POOL, title: str = "Round 1") -> SelectionRound:
        """Open a round about a few countries, in draft, on the shipped model."""
        return rounds_services.open_round(
            title=title,
            fiscal_year=2027,
            model=ScoringModel.objects.get(state="published"),
            rule=PoolRule(only=tuple(only)),
            reference_date=ON,
            actor=self.analyst,
        )

    def step(self, selection_round: SelectionRound, *names: str, actor: User | None = None) -> SelectionRound:
        """Take steps in the given order."""
        for name in names:
            selection_round = rounds_services.take_round_step(
                selection_round=selection_round, name=name, actor=actor or self.analyst, reason="Needed", on=ON
            )
        return selection_round

    def scored(self, *, only: Iterable[str] = POOL, title: str = "Round 1") -> SelectionRound:
        """Return a round in scoring, its pool drawn and its full score computed: the world's, else a new one."""
        if there := self._there("scoring", only, title):
            return there
        found = self.step(self.open(only=only, title=title), "screen", "start_scoring")
        rounds_services.score_round(selection_round=found, actor=self.analyst)
        return found

    def consulting(self, *, only: Iterable[str] = POOL, title: str = "Round 1") -> SelectionRound:
        """Return a round in consultation: the world's, else a new one."""
        return self._there("consultation", only, title) or self.step(
            self.scored(only=only, title=title), "open_consultation"
        )

    @staticmethod
    def _there(state: str, only: Iterable[str], title: str) -> SelectionRound | None:
        rounds = SelectionRound.objects.select_related("model").filter(state=state, title=title)
        return rounds.first() if tuple(only) == POOL else None

    def candidate(self, selection_round: SelectionRound, code: str = "GHA") -> Candidate:
        """Return the candidate of a country in the round."""
        return selection_round.candidates.select_related("country", "round__model").get(country__code=code)

    def rate(
        self, candidate: Candidate, criterion: str = "prosecution", step: int | None = 3, actor: User | None = None
    ) -> Rating:
        """Record a rating with a document as its evidence."""
        return ratings_services.rate(
            candidate=candidate,
            criterion=criterion,
            step=step,
            rationale="Cases rose in two years running.",
            evidence=[RatingEvidence(document="Annual report of the ministry")],
            actor=actor or self.analyst,
        )

    def agency(self, code: str = "dol", name: str = "Department of Labor", *, statutory: bool = False) -> Agency:
        """Create an agency that can be asked, with a point of contact (`contact-CODE`) and a member who drafts."""
        found, _ = Agency.objects.get_or_create(code=code, defaults={"name": name, "statutory": statutory})
        if not found.users.filter(username=f"contact-{code}").exists():
            for username, is_contact in ((f"contact-{code}", True), (f"member-{code}", False)):
                user = make_account(Role.REVIEWER, username=username, agency=found)
                User.objects.filter(pk=user.pk).update(is_contact=is_contact)
        return found

    def contact(self, agency: Agency) -> User:
        """Return the person who submits for an agency."""
        return User.objects.get(agency=agency, is_contact=True)

    def member(self, agency: Agency) -> User:
        """Return the person who drafts for an agency."""
        return User.objects.get(agency=agency, username=f"member-{agency.code}")

    def draft(
        self,
        selection_round: SelectionRound,
        agency: Agency,
        *codes: str,
        role: str = "consult",
        due_on: dt.date = DUE,
        today: dt.date = ON,
    ) -> ConsultationRequest:
        """Create a request that is not sent yet."""
        wanted = codes or ("GHA",)
        return requests_services.draft_request(
            selection_round=selection_round,
            agency=agency,
            role=role,
            due_on=None if role == "info" else due_on,
            questions="Does your work overlap?\nWhich figure should lead?",
            candidates=selection_round.candidates.filter(country__code__in=wanted),
            actor=self.analyst,
            today=today,
        )

    def ask(
        self,
        selection_round: SelectionRound,
        agency: Agency,
        *codes: str,
        role: str = "consult",
        due_on: dt.date = DUE,
        today: dt.date = ON,
    ) -> ConsultationRequest:
        """Send a request, about Ghana unless other codes are given."""
        made = self.draft(selection_round, agency, *codes, role=role, due_on=due_on, today=today)
        return requests_services.send_request(request=made, actor=self.analyst, today=today)

    def answer(
        self,
        request: ConsultationRequest,
        code: str = "GHA",
        value: str = "clear",
        text: str = "",
        *,
        day: dt.date | None = None,
        today: dt.date = ON,
    ) -> Position:
        """Submit the point of contact's position on the newest evidence; it replaces an earlier position."""
        candidate = self.candidate(request.round, code)
        shown = candidate.evidence.order_by("-number").first()
        assert shown is not None
        return positions_services.submit_position(
            request=request,
            candidate=candidate,
            value=value,
            text=text,
            proposed_due_on=day,
            evidence=shown.pk,
            actor=self.contact(request.agency),
            today=today,
        )

    def propose(self, selection_round: SelectionRound, reason: str = "The year ends", today: dt.date = ON) -> CutShort:
        """Ask for consent to go on without the answers that are missing, with one reason for every agency."""
        requests = ConsultationRequest.objects.sent().filter(round=selection_round)
        reasons = dict.fromkeys(requests.values_list("pk", flat=True), reason)
        return cut_short.propose_going_on(
            selection_round=selection_round, reasons=reasons, actor=self.analyst, today=today
        )

    def go_on(self, selection_round: SelectionRound, reason: str = "The year ends", today: dt.date = ON) -> CutShort:
        """Have the approver agree to go on without the answers that are missing."""
        return cut_short.agree(proposal=self.propose(selection_round, reason, today), actor=self.approver, today=today)


def in_the_way(selection_round: SelectionRound, on: dt.date = ON, step: Step = Step.CLOSE) -> list[str]:
    """Return the codes of what stops a step of a round or is printed in its memo."""
    return [found.code for found in as_findings(obstacles_of(selection_round, on), step)]


def in_scoring(_folder: Path) -> Office:
    """Take a round to scoring, for the world of that name."""
    office = Office()
    office.scored()
    return office


def in_consultation(_folder: Path) -> Office:
    """Take that round to consultation, for the world of that name."""
    office = Office.there()
    office.step(office.scored(), "open_consultation")
    return office
