"""Next step of a partnership: what it needs, what is met, and the day on which it opens.

The checks of the step itself decide what is met, so that the list and the step cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cpc.findings import Finding, Severity
from cpc.lifecycle import Check, Transition
from cpc.web import formats
from partnerships.models import Partnership, Status
from partnerships.portfolio.overview import Overview
from partnerships.states import BEFORE_SIGNATURE, PARTNERSHIP
from partnerships.status import preconditions
from partnerships.status.preconditions import PARTNERSHIP_CHECKS

NEXT = {
    Status.SELECTED: "invite",
    Status.INVITED: "open_negotiations",
    Status.NEGOTIATING: "submit_for_clearance",
    Status.IN_CLEARANCE: "sign",
    Status.SIGNED: "start",
    Status.ACTIVE: "complete",
    Status.SUSPENDED: "reinstate",
    Status.COMPLETED: "close",
    Status.TERMINATED: "close",
}
"""The step ahead, by status; a closed and a canceled partnership have none."""
ONLY_WARN: frozenset[Check[Partnership]] = frozenset(
    {preconditions.decision_is_current, preconditions.cash_beside_the_limit, preconditions.restrictions_ahead}
)
"""Checks that never block a step."""


@dataclass(frozen=True, slots=True)
class Need:
    """One precondition of a step.

    `value` is how far it is met, `lacks` what is missing, with links by their codes. `page_part` is the part of this
    page that lists it.
    """

    label: str
    is_met: bool
    value: str = ""
    lacks: Sequence[Finding] = ()
    has_begun: bool = False
    page_part: str = ""


@dataclass(frozen=True, slots=True)
class StepNeeds:
    """A step with its preconditions.

    `opens_on` is the day from which it can be taken if a day is missing; `expected` is what the office looks for
    besides, without which the step can be taken.
    """

    transition: Transition
    needs: Sequence[Need]
    opens_on: date | None = None
    expected: Sequence[Need] = ()

    @property
    def met(self) -> int:
        return sum(need.is_met for need in self.needs)

    @property
    def is_ready(self) -> bool:
        return self.met == len(self.needs)


def next_steps(page: Overview, today: date) -> list[StepNeeds]:
    """Return the next step, and before signature or completion also the one that it leads up to.

    What both need is named with the first.
    """
    partnership = page.partnership
    name = NEXT.get(Status(partnership.status))
    if name is None or page.is_documented:
        return []
    if name == "reinstate" and not _can_be_reinstated(page):
        name = "complete"
    names = [name]
    if partnership.status in BEFORE_SIGNATURE and name != "sign":
        names.append("sign")
    if name == "complete":
        names.append("close")
    first, *later = (_needs_of(name, page, today) for name in names)
    shown = {need.label for need in first.needs}
    return [first, *(replace(step, needs=[one for one in step.needs if one.label not in shown]) for step in later)]


def _can_be_reinstated(page: Overview) -> bool:
    """Return whether a day is left for a reinstatement: none comes before the last correction, or after the term."""
    if page.suspension is None:
        return False
    closed = [row.closed_on for row in page.suspension.corrections.all() if row.closed_on is not None]
    ends_on = page.partnership.ends_on
    return ends_on is None or max(closed, default=ends_on) <= ends_on


def _needs_of(name: str, page: Overview, today: date) -> StepNeeds:
    partnership, needs = page.partnership, []
    if name == "reinstate" and partnership.ends_on is not None:
        today = min(today, partnership.ends_on)  # it can be recorded later, but is never dated after the term
    for check in PARTNERSHIP_CHECKS.get(name, ()):
        if check in ONLY_WARN:
            continue
        # The elements are loaded already, by the same rule.
        whole = check is preconditions.complete
        found = [row.lacks for row in page.elements if row.lacks] if whole else check(partnership, today)
        are_reports = check is preconditions.reports_settled
        errors = [finding for finding in found if finding.severity is Severity.ERROR]
        label, value = LABELS.get(check) or (check.__name__.replace("_", " ").capitalize(), _still_open)
        needs.append(
            Need(
                label,
                not errors,
                value(page, errors, today),
                reports_to_settle(preconditions.open_reports(partnership), today) if are_reports and errors else errors,
                has_begun=_has_begun(check, page, errors),
                page_part="elements" if whole else "",
            )
        )
    return StepNeeds(
        transition=PARTNERSHIP.transition(name),
        needs=needs,
        opens_on=_opens_on(name, partnership, today),
        expected=_expected(page, today) if name == "complete" else (),
    )


def reports_to_settle(found: Sequence[tuple[date, Finding]], today: date) -> list[Finding]:
    """Return a finding for each open report that is due, and one for all that are due later."""
    due = [finding for day, finding in found if day <= today]
    later = [(day, finding) for day, finding in found if day > today]
    if len(later) < 2:
        return [*due, *(finding for _, finding in later)]
    last = formats.day(max(day for day, _ in later))
    message = f"{len(later)} reports are due later, the last on {last}. Receive each, or waive it with a reason."
    return [*due, replace(later[0][1], message=message)]


def _opens_on(name: str, partnership: Partnership, today: date) -> date | None:
    """Return the day that the step waits for; None if it has come, or if the step waits for none."""
    day = {"start": partnership.starts_on, "complete": partnership.ends_on}.get(name)
    return day if day is not None and day > today else None


# ---- how far each precondition is met ------------------------------------------------------------------------------

Value = Callable[[Overview, Sequence[Finding], date], str]


def _no_value(_page: Overview, _errors: Sequence[Finding], _today: date) -> str:
    return ""


def _day(day: date | None, today: date) -> str:
    return f"{formats.day(day)}, {formats.relative_day(day, today)}" if day else "Not dated"


def _first_day(page: Overview, _errors: Sequence[Finding], today: date) -> str:
    return _day(page.partnership.starts_on, today)


def _last_day(page: Overview, _errors: Sequence[Finding], today: date) -> str:
    return _day(page.partnership.ends_on, today)


def _of(whole: Callable[[Overview], int], *, counts_errors: bool = True) -> Value:
    """Return how many of a whole are met: all without an error of their own."""

    def value(page: Overview, errors: Sequence[Finding], _today: date) -> str:
        number = whole(page)
        return f"{number - len(errors)} of {number}" if number else ("None" if counts_errors else "")

    return value


def _still_open(_page: Overview, errors: Sequence[Finding], _today: date) -> str:
    return f"{formats.number(len(errors))} open" if errors else ""


LABELS: Mapping[Check[Partnership], tuple[str, Value]] = {
    preconditions.origin_confirmed: ("A decision, or a confirmed stated reason, supports it", _no_value),
    preconditions.term_is_set: ("The term has a first and a last day", _no_value),
    preconditions.term_not_over: ("The term is not over", _last_day),
    preconditions.both_governments_lead: ("An office leads for each government", _of(lambda _: 2)),
    preconditions.cleared: ("The text is cleared, with a legal finding", _still_open),
    preconditions.within_limits_once_signed: ("Term and money are within the limits", _still_open),
    preconditions.restrictions_clear: ("No restriction bars it, and each is reviewed", _still_open),
    preconditions.complete: ("The seven elements of the statute are complete", _of(lambda _: 7)),
    preconditions.start_has_come: ("The first day has come", _first_day),
    preconditions.end_has_come: ("The last day of the term has come", _last_day),
    preconditions.grounds_corrected: (
        "Each ground of the suspension is corrected",
        _of(lambda page: len(page.suspension.grounds) if page.suspension else 0),
    ),
    preconditions.money_settled: (
        "Each award disbursed or de-obligated all that was obligated",
        _of(lambda page: len(page.awards)),
    ),
    preconditions.awards_closed: (
        "Each award is closed out",
        _of(lambda page: sum(row.state != "planned" for row in page.awards)),
    ),
    preconditions.reports_settled: ("Each recipient's report is received or waived", _still_open),
}
"""Labels of the checks of each step, with the value that shows how far each is met. A test requires one per check."""


def _has_begun(check: Check[Partnership], page: Overview, errors: Sequence[Finding]) -> bool:
    """Return whether some, but not all, of what a check requires is there."""
    wholes: dict[Check[Partnership], int] = {preconditions.complete: 7, preconditions.both_governments_lead: 2}
    whole = wholes.get(check, len(page.awards) if check is preconditions.awards_closed else 0)
    return 0 < len(errors) < whole


def _expected(page: Overview, _today: date) -> list[Need]:
    """Return what the office looks for before the end; the statute and the step do not require it."""
    results = page.results.results
    final = next((row for row in page.dialogues if row.is_final), None)
    held, measures = final is not None and final.held_from is not None, page.measures
    reported = sum(row.measured.newest is not None and row.missing == 0 for row in results)
    is_last = page.partnership.ends_on is not None and page.results.ends_on >= page.partnership.ends_on
    return [
        Need(
            "Final results are in for every indicator",
            is_last and reported == len(results) > 0,
            f"{reported if is_last else 0} of {len(results)}",
        ),
        Need(
            "The final dialogue was held",
            held,
            formats.day(final.held_from)
            if final and held
            else (f"Planned for {formats.day(final.planned_on)}" if final else "Not planned"),
        ),
        Need(
            "The measures to sustain progress are done",
            measures.done == measures.total > 0,
            f"{measures.done} of {measures.total}",
            has_begun=0 < measures.done < measures.total,
        ),
    ]
