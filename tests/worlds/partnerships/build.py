"""A partnership in any state, created only through the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Permission, Role
from indicators.models import Country
from partnerships.agreements import services as agreements_services
from partnerships.awards.services import awards as awards_services
from partnerships.clearance.services.answers import Given, record_answers
from partnerships.clearance.services.texts import submit_text
from partnerships.models import (
    AnswerKind,
    Award,
    AwardState,
    AwardType,
    ClearanceRole,
    DocumentVersion,
    Government,
    LedgerKind,
    LegalReview,
    Objective,
    Participant,
    Partnership,
    Program,
    RecipientType,
    TextVersion,
)
from partnerships.money import services as money_services
from partnerships.states import PARTNERSHIP
from partnerships.status import services as status_services
from partnerships.terms import services as terms_services
from selection.restrictions.services import record_restriction
from tests.support.accounts import make_account
from tests.support.restrictions import review_all
from tests.worlds.partnerships.complete import add_indicators, fill

START = date(2021, 1, 1)
END = date(2026, 1, 1)
FOUR_YEARS = date(2025, 1, 1)
"""The last day of a term that an amendment may extend up to `END`."""


@dataclass
class Stage:
    """People of the office, and the records that they have created so far."""

    analyst: User = field(default_factory=lambda: make_account(Role.ANALYST))
    approver: User = field(default_factory=lambda: make_account(Role.APPROVER))

    def draft(
        self,
        code: str = "GHA",
        *,
        starts_on: date = START,
        ends_on: date = END,
        reason: str = "",
        is_confirmed: bool = True,
    ) -> Partnership:
        """Create a partnership with a term and both leads; confirm its reason if asked."""
        country = Country.objects.get(code=code)
        partnership = agreements_services.create_partnership(
            country=country,
            title=f"Partnership with {country}",
            origin_reason="Prevalence and commitment",
            actor=self.analyst,
            values={
                "starts_on": starts_on,
                "ends_on": ends_on,
                "overlap_reason": reason,
            },
        )
        if is_confirmed:
            agreements_services.confirm_origin(partnership=partnership, actor=self.approver)
        for side in Government:
            participant = Participant(partnership=partnership, government=side, name=f"Lead {side}", is_lead=True)
            terms_services.add_term(term=participant, actor=self.analyst)
        terms_services.add_term(
            term=Objective(
                partnership=partnership,
                number=1,
                title="Courts",
                paradigm="prosecution",
                system="justice",
                outcome="More cases brought",
            ),
            actor=self.analyst,
        )
        return partnership

    def program(self, partnership: Partnership, amount: str, title: str = "Justice") -> Program:
        """Add a program to the draft, with the United States' amount."""
        program = terms_services.add_term(term=Program(partnership=partnership, title=title), actor=self.analyst)
        terms_services.set_amounts(
            partnership=partnership,
            amounts=[(program, Government.UNITED_STATES, Decimal(amount))],
            actor=self.analyst,
        )
        return program

    def complete(self, partnership: Partnership) -> None:
        """Add the elements that the statute requires and that the draft still lacks."""
        if partnership.responsibilities.exists():
            return
        fill(partnership, self.analyst)
        programs = list(partnership.programs.all()) or [self.program(partnership, "1.00")]
        terms_services.set_amounts(
            partnership=partnership,
            amounts=[(program, Government.PARTNER, Decimal("1000.00")) for program in programs],
            actor=self.analyst,
        )
        add_indicators(partnership, self.analyst)

    def restrictions(self, partnership: Partnership, status: str = "clear", code: str = "") -> None:
        """Record reviews that don't expire during the test.

        They are the whole list clear, or another status of one restriction.
        """
        if status == "clear":
            review_all(partnership.country, self.analyst)
            return
        record_restriction(
            country=partnership.country,
            code=code or "tier_3",
            status=status,
            basis="Reviewed",
            reviewer="L",
            reviewed_on=START - timedelta(days=60),
            expires_on=date(2099, 1, 1),
            actor=self.analyst,
        )

    def clear(self, partnership: Partnership, on: date = START, *, result: str = "non_binding") -> TextVersion:
        """Send the text to one office, which clears it on the day asked, and record the legal finding."""
        office = Agency.objects.get(code="lt")
        version = submit_text(
            partnership=partnership,
            files={"English": ContentFile(b"Text of the instrument", name="instrument.txt")},
            offices={office: ClearanceRole.CLEARS},
            asked_on=on,
            due_on=on,
            actor=self.analyst,
        )
        answer = Given(office, AnswerKind.CLEAR, on)
        record_answers(version=version, answers=[answer], finding=(LegalReview(result), on), actor=self.analyst)
        return version

    def step(
        self, partnership: Partnership, name: str, on: date = START, *, is_cleared: bool = True, **more: Any
    ) -> Partnership:
        """Take one step: a decision as the approver, any other as the analyst, who also wrote the terms.

        A submission for clearance comes with a text that is cleared already, unless `is_cleared` is false.
        """
        if name == "submit_for_clearance" and is_cleared and not partnership.text_versions.exists():
            self.clear(partnership, on)
            partnership.refresh_from_db()
            return partnership
        decides = PARTNERSHIP.transition(name).permission == Permission.APPROVE_PARTNERSHIPS
        actor = self.approver if decides else self.analyst
        return status_services.take_step(partnership=partnership, name=name, actor=actor, on=on, **more)

    def sign(self, partnership: Partnership, on: date = START) -> Partnership:
        """Take all steps to the signature, with all seven elements present."""
        self.restrictions(partnership)
        self.complete(partnership)
        for name in ("invite", "open_negotiations", "submit_for_clearance"):
            self.step(partnership, name, on - timedelta(days=30))
        return self.step(partnership, "sign", on)

    def active(self, code: str = "GHA", planned: str = "4000000.00", **term: date) -> Partnership:
        """Create a partnership in force, with its congressional notification."""
        partnership = self.draft(code, **term)  # type: ignore[arg-type]  # the arguments have several types
        self.program(partnership, planned)
        starts_on = term.get("starts_on", START)
        self.sign(partnership, starts_on)
        money_services.record_notification(
            partnership=partnership,
            sent_on=starts_on - timedelta(days=15),
            amount=Decimal(planned),
            reference="CN 1",
            actor=self.analyst,
        )
        return self.step(partnership, "start", starts_on)

    def award(self, partnership: Partnership, amount: str = "0", title: str = "Courts") -> Award:
        """Create an active award, with its amount in the ledger."""
        award = awards_services.create_award(
            award=Award(
                partnership=partnership,
                title=title,
                type=AwardType.GRANT,
                recipient="An organization",
                recipient_type=RecipientType.CIVIL_SOCIETY,
                starts_on=partnership.starts_on,
                ends_on=partnership.ends_on,
            ),
            actor=self.analyst,
        )
        awards_services.change_award_state(
            award=award, state=AwardState.ACTIVE, actor=self.analyst, on=START, reason="Signed by both"
        )
        if Decimal(amount):
            self.move(award, LedgerKind.AWARD, amount)
        return award

    def move(self, award: Award, kind: LedgerKind, amount: str, on: date = START) -> None:
        """Record one ledger entry."""
        awards_services.record_ledger_entry(award=award, kind=kind, amount=Decimal(amount), on=on, actor=self.analyst)

    def document(self, partnership: Partnership, title: str = "Memorandum") -> DocumentVersion:
        """Attach a document."""
        return agreements_services.add_document_version(
            partnership=partnership,
            kind="other",
            title=title,
            file=ContentFile(title.encode(), name="memo.txt"),
            actor=self.analyst,
        )


@dataclass(frozen=True)
class Active:
    """People of the world `active` and their partnership in force."""

    stage: Stage
    partnership: Partnership


def in_force(_folder: Path) -> Active:
    """Bring a partnership with Ghana into force."""
    stage = Stage()
    return Active(stage, stage.active())


def in_force_for_four_years(_folder: Path) -> Active:
    """Bring a partnership with Ghana into force for four of the five years."""
    stage = Stage()
    return Active(stage, stage.active(ends_on=FOUR_YEARS))
