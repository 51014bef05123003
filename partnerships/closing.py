"""Rows that plan or promise, and the states of a partnership in which none can be added. Pure.

One list for the service (`partnerships.lookups.locking.create`), the triggers (`partnerships.models.sealing`), and
pages. What is not listed stays possible after closing: above all evaluations, documents, and corrections.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

CANCELED = frozenset({"canceled"})
CLOSED = frozenset({"closed", "canceled"})
"""Nothing is open anymore."""
OVER = CLOSED | {"completed", "terminated"}
"""The term is over. Until the partnership is closed, what is left to settle can still be recorded."""

TAKES_BACK = ("refund", "deobligation", "reduction")
"""Kinds of ledger entry that take money back, as after the disallowance of a cost: 2 CFR 200.345."""


@dataclass(frozen=True, slots=True)
class Planning:
    """Rows of one table that plan or promise, and the states in which none can be added.

    `only` and `unless` narrow it to rows with (without) one of the values in a column. A row whose column `corrects`
    is filled replaces an earlier one, and is a correction. A change of the columns `moved` plans again.
    """

    states: frozenset[str]
    only: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    corrects: str = ""
    moved: tuple[str, ...] = ()

    @property
    def holds_for_all(self) -> bool:
        return not (self.only or self.unless or self.corrects)

    def applies(self, value: Callable[[str], Any]) -> bool:
        """Return whether a row plans or promises. `value` returns the row's value of a column."""
        if self.corrects and value(self.corrects) is not None:
            return False
        return all(value(name) in listed for name, listed in self.only.items()) and not any(
            value(name) in listed for name, listed in self.unless.items()
        )

    def sql(self) -> str:
        """Return the same condition as SQL on `NEW`."""
        parts = [f"NEW.{self.corrects} IS NULL"] if self.corrects else []
        parts += [f"NEW.{name} IN ({_sql_list(values)})" for name, values in self.only.items()]
        parts += [f"NEW.{name} NOT IN ({_sql_list(values)})" for name, values in self.unless.items()]
        return " AND ".join(parts) or "TRUE"


PLANS: Mapping[str, tuple[Planning, ...]] = {
    # Limits and terms
    "limitexception": (Planning(OVER),),
    "limitexceptiongrant": (Planning(OVER),),
    "amendment": (Planning(OVER, unless={"kind": ("correction",)}),),
    **dict.fromkeys(
        (
            "participant",
            "objective",
            "responsibility",
            "program",
            "programamount",
            "activity",
            "milestone",
            "mechanism",
            "dataplan",
            "sustainabilitystrategy",
        ),
        # After signature, an amendment adds terms: once the term is over, a correction.
        (Planning(CANCELED),),
    ),
    # Money
    "contribution": (
        Planning(OVER, only={"stage": ("pledged",)}, corrects="replaces_id"),
        Planning(CLOSED, corrects="replaces_id"),
    ),
    "plannedyear": (Planning(CLOSED),),
    "awardbudget": (Planning(CLOSED),),
    "congressionalnotification": (Planning(CLOSED),),
    "notificationexemption": (Planning(CLOSED),),
    "award": (Planning(CLOSED),),
    "awardstep": (Planning(CLOSED),),
    "subaward": (Planning(CLOSED),),
    "reportdue": (Planning(CLOSED),),
    "ledgerentry": (Planning(CLOSED, unless={"kind": TAKES_BACK}),),
    # Work
    "reportingperiod": (Planning(CLOSED),),
    "planstep": (Planning(CLOSED),),
    "outcomeindicator": (Planning(CLOSED),),
    "target": (Planning(CLOSED),),
    "dialogue": (
        Planning(OVER, unless={"is_final": (True,)}, moved=("planned_on",)),
        Planning(CLOSED, moved=("planned_on",)),
    ),
    "dialoguestep": (Planning(CLOSED, only={"name": ("plan_again",)}),),
    "keyindicator": (Planning(CLOSED),),
    "actionitem": (Planning(CLOSED),),
    "sustainabilitymeasure": (Planning(CLOSED, moved=("review_on",)),),
    "risk": (Planning(CLOSED, moved=("review_on",)),),
}
"""Tables by model name."""

STAYS_OPEN = (
    "Refunds and disallowed costs (2 CFR 200.345), late reports and evaluations, documents, and corrections can still "
    "be recorded."
)


def is_refused(model: str, status: str, value: Callable[[str], Any]) -> bool:
    """Return whether a partnership with a status takes no such row, because the row plans or promises."""
    return any(status in rule.states and rule.applies(value) for rule in PLANS.get(model, ()))


def takes_none(model: str, status: str) -> bool:
    """Return whether a partnership with a status takes no row of the table at all."""
    return any(status in rule.states and rule.holds_for_all for rule in PLANS.get(model, ()))


def takes_no_new(model: str, status: str) -> bool:
    """Return whether a partnership with a status takes no new row of the table; it may still take a replacement."""
    rules = [rule for rule in PLANS.get(model, ()) if status in rule.states]
    return any(not (rule.only or rule.unless) for rule in rules)


def takes_some(model: str, status: str) -> bool:
    """Return whether a partnership with a status takes some rows of the table, but none that plan or promise."""
    rules = [rule for rule in PLANS.get(model, ()) if status in rule.states]
    return bool(rules) and not any(rule.holds_for_all for rule in rules)


def reason_against(status: str, label: str) -> str:
    """Return the reason against such a row, with the remedy. `label` is that of the status."""
    if status == "closed":
        return f"The partnership is closed, so nothing can be planned or promised. Reopen it first. {STAYS_OPEN}"
    if status == "canceled":
        return "The partnership is canceled, so nothing can be planned or promised. Open another partnership."
    return (
        f"The partnership is {label.lower()}, so nothing new can be planned or promised. What is left to settle can "
        "still be recorded, and a correction can be drafted as an amendment."
    )


def _sql_list(values: tuple[Any, ...]) -> str:
    return ", ".join(str(value).upper() if isinstance(value, bool) else f"'{value}'" for value in values)
