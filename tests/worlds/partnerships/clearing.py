"""A partnership whose text is in clearance: answers of every kind over three versions, and going on without one."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.base import ContentFile

from cpc.accounts.models import Agency
from partnerships.clearance.services.answers import Given, propose_going_on, record_answers
from partnerships.clearance.services.texts import add_version, submit_text
from partnerships.limits import add_months
from partnerships.lookups.clearance import clearance_of
from partnerships.models import AnswerKind, ClearanceRole, LegalReview, Partnership
from tests.worlds.partnerships.build import Stage

OFFICES = ("lt", "state-f", "inl", "regional", "post", "drl")


def text(number: int) -> ContentFile[bytes]:
    return ContentFile(f"Text of version {number}".encode(), name=f"version-{number}.txt")


def sent(stage: Stage, partnership: Partnership, today: date) -> None:
    """Send a text to two offices; one does not answer, and going on without it waits for an approver."""
    for name in ("invite", "open_negotiations"):
        stage.step(partnership, name, today)
    silent = Agency.objects.get(code="state-f")
    submit_text(
        partnership=partnership,
        files={"English": text(1)},
        offices=dict.fromkeys((Agency.objects.get(code="lt"), silent), ClearanceRole.CLEARS),
        asked_on=today,
        due_on=today,
        second_language="French",
        actor=stage.analyst,
    )
    propose_going_on(clearance=clearance_of(partnership), reasons={silent: "Called."}, actor=stage.analyst)


def in_clearance(stage: Stage, code: str, today: date) -> Partnership:
    """Create a partnership with three versions of its text; the second language of the newest is missing."""
    partnership = stage.draft(code, starts_on=today, ends_on=add_months(today, 48))
    first, second, third = (today - timedelta(days=days) for days in (36, 20, 8))
    for name in ("invite", "open_negotiations"):
        stage.step(partnership, name, first)
    offices = {Agency.objects.get(code=name): ClearanceRole.CLEARS for name in OFFICES}
    offices[Agency.objects.get(code="h")] = ClearanceRole.INFORMED
    submit_text(
        partnership=partnership,
        files={"English": text(1), "French": text(10)},
        offices=offices,
        asked_on=first,
        due_on=first + timedelta(days=14),
        second_language="French",
        actor=stage.analyst,
    )
    _answer(stage, partnership, first + timedelta(days=9), inl="clear", post="clear", drl="no_equities")
    _answer(
        stage, partnership, first + timedelta(days=10), "Participants intend, twice.", lt="clear_with_edits", found=True
    )
    _next(stage, partnership, second, is_material=False, reason="The ministry has a new name.", also=("lt", "regional"))
    _answer(stage, partnership, second + timedelta(days=2), lt="clear", found=True)
    _answer(stage, partnership, second + timedelta(days=2), "Name the new ministry.", regional="clear_with_comments")
    _next(stage, partnership, third, is_material=True, reason="Data may be shared with other districts.")
    comment = "Article 5 lets case files leave the office of the prosecutor."
    _answer(stage, partnership, third + timedelta(days=2), comment, inl="does_not_clear")
    _answer(stage, partnership, third + timedelta(days=3), regional="clear", post="extension")
    clearance, silent = clearance_of(partnership), Agency.objects.get(code="state-f")
    propose_going_on(clearance=clearance, reasons={silent: "Called twice without an answer."}, actor=stage.analyst)
    return partnership


def _next(
    stage: Stage, partnership: Partnership, on: date, *, is_material: bool, reason: str, also: tuple[str, ...] = ()
) -> None:
    add_version(
        partnership=partnership,
        files={"English": text(on.day + 20)},
        changed="Articles 5 and 7." if is_material else "Preamble and article 2.",
        is_material=is_material,
        reason=reason,
        asked_on=on,
        due_on=on + timedelta(days=4),
        also_ask=list(Agency.objects.filter(code__in=also)),
        actor=stage.analyst,
    )


def _answer(
    stage: Stage, partnership: Partnership, on: date, comment: str = "", *, found: bool = False, **kinds: str
) -> None:
    version = clearance_of(partnership).newest
    assert version is not None
    given = [Given(Agency.objects.get(code=code), AnswerKind(kind), on, comment) for code, kind in kinds.items()]
    finding = (LegalReview.NON_BINDING, on) if found else None
    record_answers(version=version, answers=given, finding=finding, actor=stage.analyst)
