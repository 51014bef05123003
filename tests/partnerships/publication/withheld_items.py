"""Determinations on withheld items, made by two people."""

from __future__ import annotations

from datetime import date
from typing import Any

from cpc.accounts.models import User
from partnerships.models import Partnership, Withholding
from partnerships.publication.services import propose_withholding, take_withholding_step
from tests.worlds.partnerships.build import Stage

REVIEW = date(2090, 1, 1)


def propose(actor: User, partnership: Partnership, item: str = "Sample Child Care Network", **more: Any) -> Withholding:
    """Propose a determination; by default, one that releases a name."""
    values = {"kind": "name", "effect": "release", "reason": "It asked to be named.", "review_on": REVIEW, **more}
    return propose_withholding(partnership=partnership, item=item, actor=actor, **values)


def determine(stage: Stage, partnership: Partnership, item: str, **more: Any) -> Withholding:
    row = propose(stage.analyst, partnership, item, **more)
    return take_withholding_step(withholding=row, name="determine", actor=stage.approver)


def withhold(stage: Stage, partnership: Partnership, item: str, **more: Any) -> Withholding:
    values = {"effect": "withhold", "ground": "safety", "reason": "Threats were made.", **more}
    return determine(stage, partnership, item, **values)
