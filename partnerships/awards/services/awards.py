from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.services import record
from cpc.audit.steps import with_target
from cpc.database.revisions import check_revision
from cpc.findings import Finding, Severity
from cpc.fiscal_years import fiscal_year as fiscal_year_of
from cpc.plausible import is_plausible
from cpc.validation import reject
from partnerships import limits, schedules, states
from partnerships.closing import TAKES_BACK
from partnerships.ledger_days import (
    award_in_bounds,
    closeout_due_on,
    day_ends,
    largest_every_day,
    obligated_as_notified,
    possible_every_day,
)
from partnerships.limit_position import award_headroom
from partnerships.lookups.duties import closeout_open
from partnerships.lookups.funds import entry_fits_fund
from partnerships.lookups.ledger import movement, movements_of, overage_with
from partnerships.lookups.locking import (
    change,
    check_columns,
    check_still_open,
    create,
    lock_partnership,
    lock_row,
    service,
    set_fields,
)
from partnerships.models import (
    LEDGER_EFFECT,
    Award,
    AwardState,
    AwardStep,
    CloseoutKind,
    DocumentVersion,
    Fund,
    LedgerEntry,
    LedgerKind,
    Partnership,
    Status,
    SubAward,
)
from partnerships.status import preconditions as status_preconditions

_OVER = frozenset({AwardState.TERMINATED, AwardState.ENDED, AwardState.CLOSED})
_INCREASES = frozenset({LedgerKind.AWARD, LedgerKind.OBLIGATION})
_OBLIGATED_IN = frozenset({Status.SIGNED, Status.ACTIVE})
_ADJUSTED_IN = _OBLIGATED_IN | {Status.COMPLETED, Status.TERMINATED}
_STOPPED_BY = "22 U.S.C. 7103a(d)(6)"


@service(Permission.RECORD_MONEY)
def create_award(*, award: Award, actor: User | None) -> Award:
    """Open an award. Its amounts are recorded in the ledger.

    Raises `ValidationError` with code `partnership_status` if the partnership is closed.
    """
    lock_partnership(award.partnership)
    check_still_open(award)
    _check_days(award)
    return create(award, actor=actor)


def _check_days(award: Award) -> None:
    """Raise `ValidationError` with code `award_hard_end` if an award would run too long.

    The check of each column handles days out of bounds.
    """
    if not all(is_plausible(day) for day in (award.starts_on, award.ends_on) if day):
        return
    first = award.partnership.starts_on or award.starts_on or timezone.now().date()
    reject(award_in_bounds(award.starts_on, award.ends_on, first))


@service(Permission.RECORD_MONEY)
def edit_award(
    *, award: Award, actor: User | None, values: Mapping[str, Any], expected_revision: str | None = None
) -> Award:
    """Change the description of an award. `change_award_state` changes its state.

    Raises `EditConflict` if the row no longer has the `expected_revision`, and `ValidationError` with code
    `unknown_field` for the state, `award_hard_end` for changed days on which the award would run too long, or
    `award_not_started` for a first day after a disbursement.
    """
    if "state" in values:
        raise ValidationError("To change the state of an award, take a step.", code="unknown_field")
    lock_partnership(award.partnership)
    current = lock_row(award)
    check_revision(current.current_revision(), expected_revision)
    days = {name: values.get(name, getattr(current, name)) for name in ("starts_on", "ends_on")}
    if any(getattr(current, name) != day for name, day in days.items()):
        _check_days(Award(partnership=current.partnership, **days))
        _check_start(current, days["starts_on"])
    current = change(current, values, actor=actor)
    _update_actual_end(current, actor)
    return current


def _check_start(award: Award, starts_on: date | None) -> None:
    """Raise `ValidationError` with code `award_not_started` for a first day after money was disbursed."""
    early = [end.on for end in day_ends(movements_of(award)) if end.disbursed > 0]
    if starts_on is None or not early or early[0] >= starts_on:
        return
    message = (
        f"Money is disbursed on {early[0]}, before this first day. Enter {early[0]} or an earlier day. If that date is "
        "wrong, first reverse the disbursement by a refund on the same date."
    )
    raise ValidationError({"starts_on": ValidationError(message, code="award_not_started")})


@service(Permission.RECORD_MONEY)
def record_ledger_entry(
    *,
    award: Award,
    kind: LedgerKind,
    amount: Decimal,
    on: date,
    actor: User | None,
    fiscal_year: int | None = None,
    fund: Fund | None = None,
    reference: str = "",
    note: str = "",
    authority: str = "",
    document: DocumentVersion | None = None,
) -> LedgerEntry:
    """Record a movement of money under an award.

    Raises `ValidationError` with code `amount` unless it is greater than zero, with the codes of the limits and of
    restrictions, `not_notified`, `ledger_by_day`, `award_state`, `partnership_status`, `entity_suspended`,
    `obligation_after_term`, and `nothing_to_adjust`. An adjustment, and any entry after the last day of the term, needs
    its reason (`note`) and `authority`, or the code is `entry_basis`. `fiscal_year` defaults to that of the day. With a
    `fund`, also `fund_expired`, `fund_canceled`, `fund_not_notified`, and `fund_disbursed_over_obligated`. The first
    obligation of a planned award activates it: the database takes that step, whoever records the obligation.
    """
    # The partnership is locked before its award, as by the triggers (`partnerships.database.rows`).
    partnership = lock_partnership(award.partnership)
    check_still_open(LedgerEntry(award=award, kind=kind))
    current = lock_row(award)
    entry = LedgerEntry(
        award=current,
        kind=LedgerKind(kind),
        amount=amount,
        on=on,
        fiscal_year=fiscal_year or fiscal_year_of(on),
        fund=fund,
        reference=reference,
        note=note,
        authority=authority,
        document=document,
        recorded_by=actor,
    )
    check_columns(entry)
    moved, ledger = movement(entry), movements_of(current)
    amounts = _amount_findings(partnership, entry) or possible_every_day(ledger, moved)
    amounts = _with_largest(amounts, entry, largest_every_day(ledger, moved)) or entry_fits_fund(partnership, entry)
    reject([*_entry_findings(partnership, entry), *amounts])
    made = create(entry, actor=actor, action="recorded")
    _record_activation(current, made, actor)
    return made


def _with_largest(findings: list[Finding], entry: LedgerEntry, possible: Decimal) -> list[Finding]:
    """Add the largest amount that the entry could have, which keeps to each limit and to the sums of each day."""
    over = [Decimal(found.would_be) - Decimal(found.limit) for found in findings if found.limit]
    fits = min(entry.amount - max(over, default=Decimal(0)), possible)
    what = f"The largest amount of this entry is {limits.usd(fits)}." if fits > 0 else "No amount of this entry fits."
    return [replace(found, message=f"{found.message} {what}") for found in findings]


def _record_activation(award: Award, entry: LedgerEntry, actor: User | None) -> None:
    before = award.state
    award.refresh_from_db(fields=("state",))
    if award.state != before:
        record(
            actor=actor,
            action="took the step: Activate",
            target=award,
            before={"state": before},
            after={"state": award.state, "ledger_entry": entry.pk},
        )


def _entry_findings(partnership: Partnership, entry: LedgerEntry) -> list[Finding]:
    award, kind, on, findings = entry.award, LedgerKind(entry.kind), entry.on, []
    is_closed = award.state == AwardState.CLOSED and kind not in TAKES_BACK
    if is_closed or (kind in _INCREASES and award.state not in ("planned", "active")):
        message = f"The award is {award.get_state_display().lower()}. {kind.label} can't be recorded."
        findings.append(Finding("award_state", Severity.ERROR, message))
    if kind is LedgerKind.DISBURSEMENT and award.starts_on and on < award.starts_on:
        message = f"The award starts on {award.starts_on}. Nothing can be disbursed before then."
        findings.append(Finding("award_not_started", Severity.ERROR, message, "on"))
    findings += _basis_findings(partnership, entry)
    if kind not in (LedgerKind.OBLIGATION, LedgerKind.ADJUSTMENT):
        return findings
    return [*findings, *_obligation_findings(partnership, entry)]


def _basis_findings(partnership: Partnership, entry: LedgerEntry) -> list[Finding]:
    """Require a reason and an authority for an adjustment, and for any entry after the last day of the term."""
    last = partnership.term_last_day
    is_late = last is not None and entry.on > last
    if entry.kind != LedgerKind.ADJUSTMENT and not is_late:
        return []
    if entry.kind == LedgerKind.OBLIGATION:
        assert last is not None
        return [status_preconditions.obligated_late(entry.on, last)]
    what = f"The term ended on {last}. An entry after its last day" if is_late else "An upward adjustment"
    findings = [
        Finding.error("entry_basis", f"{what} needs {label}.", name, status_preconditions.OFFICE_POLICY)
        for name, label in (("note", "a reason"), ("authority", "an authority"))
        if not getattr(entry, name).strip()
    ]
    if entry.kind == LedgerKind.ADJUSTMENT and not entry.award.ledger.filter(kind=LedgerKind.OBLIGATION).exists():
        message = "Nothing was obligated under the award yet, so there is no obligation to adjust."
        findings.append(Finding.error("nothing_to_adjust", message, "kind"))
    return findings


def _obligation_findings(partnership: Partnership, entry: LedgerEntry) -> list[Finding]:
    award, on, findings = entry.award, entry.on, []
    first, last = partnership.counted_from, partnership.term_last_day
    if first is not None and on < first:
        findings.append(status_preconditions.obligated_early(on, first))
    statuses = _ADJUSTED_IN if entry.kind == LedgerKind.ADJUSTMENT else _OBLIGATED_IN
    # After the last day of a term that is over, the day is the reason, and `_basis_findings` names it.
    is_over = partnership.status in _ADJUSTED_IN and last is not None and on > last
    if partnership.status not in statuses and not is_over:
        message = f"The partnership is {partnership.get_status_display().lower()}. Nothing can be obligated."
        rule = _STOPPED_BY if partnership.status in (Status.SUSPENDED, Status.TERMINATED) else ""
        if partnership.status in _ADJUSTED_IN:
            message += " To raise an obligation made during the term, record an upward adjustment."
        findings.append(Finding.error("partnership_status", message, citation=rule))
    stopped = award.determinations.exclude(kind="reinstatement").filter(reinstatement__isnull=True).first()
    if stopped is not None:
        message = f"{stopped} applies to {award.recipient}. Nothing can be obligated to it."
        findings.append(Finding.error("entity_suspended", message, citation=_STOPPED_BY))
    return [*findings, *status_preconditions.restrictions_clear_of_money(partnership, on)]


def _amount_findings(partnership: Partnership, entry: LedgerEntry) -> list[Finding]:
    total, sign = LEDGER_EFFECT[entry.kind]
    under = {
        name: getattr(entry.award, f"{name}_total") + (sign * entry.amount if name == total else 0)
        for name in ("awarded", "obligated", "disbursed")
    }
    totals = partnership.totals
    totals = replace(totals, **{total: getattr(totals, total) + sign * entry.amount})
    findings = [
        *limits.award_obligated_within_award(under["obligated"], under["awarded"]),
        *limits.award_disbursed_within_obligated(under["disbursed"], under["obligated"]),
        *limits.funding_within_limits(totals, partnership.limits),
    ]
    if entry.kind in (LedgerKind.OBLIGATION, LedgerKind.ADJUSTMENT):
        findings += obligated_as_notified(overage_with(partnership, entry.on, entry=entry))
    return limits.tightest(findings)


@service(Permission.RECORD_MONEY)
def record_subaward(*, subaward: SubAward, actor: User | None) -> SubAward:
    """Record a sub-award. The sum of sub-awards stays within the award.

    Raises `ValidationError` with code `partnership_status` if the partnership is closed.
    """
    lock_partnership(subaward.award.partnership)
    return create(subaward, actor=actor, action="recorded")


def states_after(award: Award) -> frozenset[AwardState]:
    steps = states.AWARD.transitions_from(award.state)
    return frozenset(AwardState(with_target(step, award).target) for step in steps)


@service(Permission.RECORD_MONEY)
def change_award_state(
    *, award: Award, state: AwardState, actor: User, on: date, reason: str, expected_revision: str | None = None
) -> Award:
    """Start, stop, end, terminate for convenience, close, or reopen an award.

    Raises `EditConflict` if the award no longer has the `expected_revision`. Raises `ValidationError` with code
    `award_state` if the state cannot follow, `reason` without one, `closeout_open` if close-out steps are left,
    `not_liquidated` if obligated money was neither disbursed nor de-obligated, `future_day` if it would end on a
    future day, and `partnership_status` if the partnership is closed. The due days of the close-out follow the day on
    which the award ended.
    """
    lock_partnership(award.partnership)
    check_still_open(AwardStep(award=award))
    current = lock_row(award)
    check_revision(current.current_revision(), expected_revision)
    step = states.AWARD.transition_between(current.state, state)
    if step is None or with_target(step, current).target != state:
        raise ValidationError(
            f"An award can't go from “{current.get_state_display().lower()}” to “{state.label.lower()}”.",
            code="award_state",
        )
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Enter a reason.", code="reason")})
    if state is AwardState.CLOSED:
        _check_closeout(current)
    ended_on = _ended_on(current, state, on)
    if ended_on is None and current.ended_on is not None:
        # A running award has no last day yet; the database rejects one as soon as the award runs again.
        current = set_fields(current, {"ended_on": None}, actor=actor, action="took back the end")
    taken = AwardStep(
        award=current,
        name=step.name,
        source=current.state,
        target=state,
        reason=reason.strip(),
        actor=actor,
        on=on,
    )
    create(taken, actor=actor, action=f"took the step: {step.label}")
    current.refresh_from_db()
    if ended_on != current.ended_on:
        current = set_fields(current, {"ended_on": ended_on}, actor=actor, action="recorded the end")
    _update_actual_end(current, actor)
    return current


def _ended_on(award: Award, state: AwardState, on: date) -> date | None:
    """Return the day on which an award in a new `state` actually ended, or None while it runs.

    Raises `ValidationError` with code `future_day` for a day after today.
    """
    if state not in _OVER:
        return None
    if award.state in _OVER:
        return award.ended_on
    if on > timezone.now().date():
        message = "You can record an award as ended on its last day or later, not before."
        raise ValidationError({"on": ValidationError(message, code="future_day")})
    return on


def _update_actual_end(award: Award, actor: User | None) -> None:
    """Compute the due days of open close-out steps and final reports again from the award's last day.

    Final reports with a recorded event, or whose period begins after that day, stay as they are.
    """
    if award.last_day is None:
        return
    for step in closeout_open().filter(award=award):
        set_fields(step, {"due_on": step_due_on(step.kind, award.last_day)}, actor=actor, action="followed the end")
    finals = award.reports_due.filter(frequency=schedules.ReportFrequency.FINAL, events__isnull=True)
    for report in finals.filter(period_start__lte=award.last_day):
        values = {
            "period_end": award.last_day,
            "due_on": schedules.report_due_on(award.last_day, schedules.ReportFrequency.FINAL),
        }
        set_fields(report, values, actor=actor, action="followed the end")


def step_due_on(kind: str, ended_on: date) -> date:
    """Return the day on which a step of the close-out is due (2 CFR 200.344)."""
    # The recipient makes the two final reports; the other steps are the office's, which has longer.
    reports = (CloseoutKind.FINAL_PERFORMANCE, CloseoutKind.FINAL_FINANCIAL)
    return closeout_due_on(ended_on, by_recipient=kind in reports)


def _check_closeout(award: Award) -> None:
    steps = {step.kind: step for step in award.closeout_steps.all()}
    left = [kind.label for kind in CloseoutKind if kind not in steps or not steps[kind].is_done]
    if left:
        raise ValidationError(f"Still to do: {'; '.join(left)}.", code="closeout_open")
    if award.obligated_total != award.disbursed_total:
        open_amount = limits.usd(award_headroom(award).disbursed)
        raise ValidationError(
            f"{open_amount} is obligated but not disbursed. Disburse or de-obligate it.", code="not_liquidated"
        )
