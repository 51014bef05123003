from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.lifecycle import Transition
from cpc.web import formats
from cpc.web.badges import Badge
from partnerships.clearance_facts import answer_facts, version_facts
from partnerships.limit_presenters import agreed_facts
from partnerships.lookups.clearance import clearance_of
from partnerships.models import Correction, Determination, DeterminationKind, Ground, Partnership
from partnerships.states import PARTNERSHIP

PATH = tuple(
    tuple(PARTNERSHIP.transition(name) for name in names)
    for names in (("invite", "open_negotiations", "submit_for_clearance", "sign", "start"), ("complete", "close"))
)
"""Steps that follow each other, so that several may be recorded together."""


def steps_together(status: str, user: User) -> list[Transition]:
    """Return the steps from a status on that follow each other, up to one for which an account lacks the permission."""
    for path in PATH:
        for index, first in enumerate(path):
            if status in first.sources:
                return list(takewhile(lambda step: user.allows(Permission(step.permission)), path[index:]))
    return []


@dataclass(frozen=True, slots=True)
class GroundLine:
    ground: str
    label: str
    correction: Correction | None
    mark: Badge


def ground_lines(row: Determination) -> list[GroundLine]:
    corrections = {correction.ground: correction for correction in row.corrections.all()}
    return [
        GroundLine(ground, Ground(ground).label, corrections.get(ground), _mark(corrections.get(ground)))
        for ground in row.grounds
    ]


def _mark(correction: Correction | None) -> Badge:
    if correction is None:
        return Badge("bad", "No correction recorded")
    if correction.closed_on is None:
        return Badge("warn", "Correction open")
    return Badge("good", f"Corrected {formats.day(correction.closed_on)}")


def missing(row: Determination) -> list[str]:
    return [f"{line.label}: {line.mark.text.lower()}" for line in ground_lines(row) if line.mark.kind != "good"]


def corrected_sentence(row: Determination) -> str:
    """Return what a reinstatement after this suspension still needs, or its earliest date."""
    lacks = missing(row)
    if lacks:
        return f"Still missing: {'; '.join(lacks)}"
    last = max(correction.closed_on for correction in row.corrections.all() if correction.closed_on is not None)
    return f"Every ground is corrected, the last on {formats.day(last)}. The reinstatement can't be dated before that."


def subject_text(row: Determination) -> str:
    about = str(row.award) if row.award else row.get_subject_display()
    return f"{about}, {row.get_scope_display().lower()}{f': {row.part}' if row.part else ''}"


def determination_badge(row: Determination) -> Badge:
    if row.kind == DeterminationKind.REINSTATEMENT:
        return Badge("good", "Reinstatement")
    if row.kind == DeterminationKind.TERMINATION:
        return Badge("none", "Termination")
    ended = getattr(row, "reinstatement", None)
    if ended is not None:
        return Badge("none", f"Suspension, ended {formats.day(ended.determined_on)}")
    return Badge("bad", "Suspension in force")


def signature_facts(partnership: Partnership, today: date) -> list[tuple[str, Any]]:
    """Return what is signed: the term, the plan, the text, the finding on it, and who cleared it."""
    clearance = clearance_of(partnership)
    return [
        *agreed_facts(partnership, today),
        *(version_facts(clearance, "Text") or [("Text", "No version was sent for clearance.")]),
        *answer_facts(clearance, today),
    ]
