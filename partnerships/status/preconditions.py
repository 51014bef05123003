"""Preconditions of the steps of a partnership, one function per rule.

Each function returns findings. `PARTNERSHIP_CHECKS` lists the preconditions of each step; add a new rule there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db.models import F
from django.utils import timezone

from cpc.findings import Finding, Severity
from cpc.lifecycle import Checks
from partnerships import ledger_days, limits
from partnerships.completeness import completeness
from partnerships.ledger_days import Moved, day_ends
from partnerships.limit_position import award_headroom
from partnerships.lookups.clearance import clearance_of
from partnerships.lookups.ledger import effect
from partnerships.lookups.rule_inputs import record_of
from partnerships.models import Award, Determination, Ground, Partnership
from partnerships.states import REPORTS_SETTLED, TOWARD_SIGNATURE
from selection.queries import Scope, restriction_findings

STATUTE = "22 U.S.C. 7103a(d)"
CLOSEOUT = "2 CFR 200.344"
OFFICE_POLICY = "TIP Office policy"


def decision_is_current(partnership: Partnership, _on: date) -> list[Finding]:
    """Warn if the partnership's decision was superseded. The office judges the consequences."""
    decision = partnership.decision
    if decision is None or decision.superseded_at is None:
        return []
    later = decision.candidate.decisions.filter(superseded_at__isnull=True).first()
    now = f" The current decision: {later.get_action_display().lower()}." if later else ""
    message = f"The decision that started this partnership was superseded on {decision.superseded_at:%Y-%m-%d}.{now}"
    return [Finding.warning("decision_superseded", message, "decision", f"{STATUTE}(5)")]


def origin_confirmed(partnership: Partnership, _on: date) -> list[Finding]:
    """Require a confirmed stated reason for a partnership without a decision.

    Another person confirms it.
    """
    if partnership.decision_id is not None or hasattr(partnership, "origin_confirmation"):
        return []
    message = "No decision started this partnership, and no approver has confirmed the stated reason yet."
    return [Finding.error("origin_unconfirmed", message, "origin_reason", f"{STATUTE}(5)")]


def term_is_set(partnership: Partnership, _on: date) -> list[Finding]:
    if partnership.starts_on and partnership.ends_on:
        return []
    return [Finding.error("term_missing", "Set the first and last day of the term.", "ends_on", f"{STATUTE}(2)")]


def both_governments_lead(partnership: Partnership, _on: date) -> list[Finding]:
    leading = set(partnership.participants.filter(is_lead=True).values_list("government", flat=True))
    return [
        Finding.error("lead_missing", f"Name the office that leads for the {name}.", "participants", f"{STATUTE}(2)(B)")
        for government, name in (("us", "United States"), ("partner", "partner government"))
        if government not in leading
    ]


def cleared(partnership: Partnership, _on: date) -> list[Finding]:
    """Require a cleared text: no office against it, a legal finding, both languages, and consent for silence.

    Whether an answer is late depends on today, not on the day of the signature, which may be past.
    """
    return clearance_of(partnership).findings(timezone.now().date())


def within_limits(partnership: Partnership, on: date) -> list[Finding]:
    """Require term and funding within the policy in force and granted exceptions on the day."""
    binding = partnership.limits_on(on)
    first = limits.counted_from(partnership.starts_on, partnership.signed_on)
    used = partnership.term_position(on).months_used or 0
    term = limits.term_within_limit(first, partnership.ends_on, binding, used=used)
    return [*term, *_money_within_limits(partnership, binding, first)]


def within_limits_once_signed(partnership: Partnership, on: date) -> list[Finding]:
    """Check the limits as on the day of signature, from which the term may count."""
    binding = partnership.limits_on(on)
    starts_on, ends_on = partnership.starts_on, partnership.ends_on
    term = limits.term_within_limit_once_signed(starts_on, ends_on, binding, signed_on=on)
    return [*term, *_money_within_limits(partnership, binding, limits.counted_from(starts_on, on))]


def _money_within_limits(partnership: Partnership, binding: limits.Limits, first: date | None) -> list[Finding]:
    return [
        *limits.funding_within_limits(partnership.totals, binding),
        *obligations_since(partnership, first),
        *obligations_until(partnership, partnership.term_last_day),
    ]


def cash_beside_the_limit(partnership: Partnership, _on: date) -> list[Finding]:
    """Warn of United States cash that does not count toward the limit."""
    cash = partnership.other_us_cash()
    if not cash:
        return []
    message = (
        f"{limits.usd(cash)} of other United States cash is recorded. It doesn't count toward the limit of "
        f"{limits.usd(partnership.funding_limit)}. Check that none of it is TIP Office project money, which must be "
        "recorded as awards."
    )
    return [Finding.warning("us_cash_beside_limit", message, "contributions", f"{STATUTE}(3)")]


def obligations_since(partnership: Partnership, first: date | None) -> list[Finding]:
    """Check that nothing was obligated before `first`, unless it was reversed on its own date.

    It is the day from which the limit of the term counts.
    """
    if first is None:
        return []
    on = _first_obligated(partnership, ("obligation", "adjustment", "deobligation"), ledger__on__lt=first)
    return [] if on is None else [obligated_early(on, first)]


def obligations_until(partnership: Partnership, last: date | None) -> list[Finding]:
    """Check that nothing new was obligated after `last`, unless it was reversed on its own date.

    It is the last day of the term. Adjustments of obligations of the term may follow it.
    """
    if last is None:
        return []
    on = _first_obligated(partnership, ("obligation", "deobligation"), ledger__on__gt=last)
    return [] if on is None else [obligated_late(on, last)]


def _first_obligated(partnership: Partnership, kinds: Collection[str], **within: date) -> date | None:
    """Return the first day at whose end one award's entries of these kinds, of some days only, obligate money."""
    rows = partnership.awards.filter(ledger__kind__in=kinds, **within)
    by_award: dict[int, list[Moved]] = {}
    for award, on, kind, amount in rows.values_list("pk", "ledger__on", "ledger__kind", "ledger__amount"):
        by_award.setdefault(award, []).append(Moved(on, *effect(kind, amount)))
    days = (end.on for ledger in by_award.values() for end in day_ends(ledger) if end.obligated > 0)
    return min(days, default=None)


def obligated_early(on: date, first: date) -> Finding:
    message = (
        f"Money is obligated on {on}, before the partnership is in force and before its first day, {first}. "
        "Correct the date of the obligation, or correct a wrong first day by amendment."
    )
    return Finding.error("obligation_before_force", message, "on")


def obligated_late(on: date, last: date) -> Finding:
    """Return the finding on an obligation after the last day of the term.

    The rule is the office's. Two other clocks run beside the term: the period of performance of an award with its
    close-out, and the availability of the funds (docs/glossary.md).
    """
    message = (
        f"Money is obligated on {on}. The term ended on {last}, and by policy of the office nothing new is obligated "
        "after its last day. Extend the term by amendment first. To raise an obligation made during the term, record "
        "an upward adjustment with its reason and authority."
    )
    return Finding.error("obligation_after_term", message, "on", OFFICE_POLICY)


def award_within_term(award: Award, partnership: Partnership) -> list[Finding]:
    policy = partnership.limit_policy
    if policy is None:
        return []
    return ledger_days.award_past_term(
        award.last_day, partnership.ended_on or partnership.ends_on, policy.award_months, policy.citation
    )


def restrictions_clear(partnership: Partnership, on: date) -> list[Finding]:
    """Require a current review of each restriction that may bar signature, and none that bars it.

    No law restricts assistance to Sample Country, which does not exist.
    """
    return [] if partnership.is_sample else restriction_findings(partnership.country, on, Scope.COUNTRY)


def restrictions_ahead(partnership: Partnership, on: date) -> list[Finding]:
    """Warn of what `restrictions_clear` would find on a day: it stops the signature, not the talks before it."""
    return [
        replace(finding, severity=Severity.WARNING, message=f"Signature is barred for now: {finding.message}")
        for finding in restrictions_clear(partnership, on)
    ]


def restrictions_clear_of_money(partnership: Partnership, on: date) -> list[Finding]:
    return [] if partnership.is_sample else restriction_findings(partnership.country, on, Scope.OBLIGATION)


def start_has_come(partnership: Partnership, on: date) -> list[Finding]:
    if partnership.starts_on and on >= partnership.starts_on:
        return []
    return [Finding.error("not_started", f"The term starts on {partnership.starts_on}.", "starts_on")]


def term_not_over(partnership: Partnership, on: date) -> list[Finding]:
    """Require that the term is not over. After its end, a partnership can only be completed."""
    if partnership.ends_on is None or on <= partnership.ends_on:
        return []
    return [Finding.error("term_over", f"The term ended on {partnership.ends_on}; record its completion.", "on")]


def end_has_come(partnership: Partnership, on: date) -> list[Finding]:
    if partnership.ends_on and on >= partnership.ends_on:
        return []
    message = f"The term ends on {partnership.ends_on}. To end it earlier, terminate it."
    return [Finding.error("term_not_over", message, "ends_on")]


def grounds_corrected(partnership: Partnership, on: date) -> list[Finding]:
    change = partnership.status_changes.filter(transition="suspend").order_by("id").last()
    if change is None or change.determination is None:
        return []
    return [
        Finding.error("ground_open", message, "corrections", f"{STATUTE}(6)(B)")
        for message in grounds_open(change.determination, on)
    ]


def grounds_open(suspension: Determination, on: date) -> list[str]:
    """Return a sentence for each ground of a suspension without a correction closed by a day."""
    closed = dict(suspension.corrections.values_list("ground", "closed_on"))
    sentences = []
    for ground in suspension.grounds:
        label, day = Ground(ground).label, closed.get(ground)
        if day is None:
            sentences.append(f"No closed correction of this ground: {label}.")
        elif day > on:
            sentences.append(
                f"The correction of this ground was closed on {day}, after {on}: {label}. "
                f"Date the reinstatement {day} or later."
            )
    return sentences


def awards_closed(partnership: Partnership, _on: date) -> list[Finding]:
    """Require that every award is closed out. An award without an obligation needs no close-out."""
    return [
        Finding.error("award_open", f"{award} is not closed out.", "awards", CLOSEOUT)
        for award in partnership.awards.exclude(state__in=("closed", "planned"))
    ]


def money_settled(partnership: Partnership, _on: date) -> list[Finding]:
    """Require that each award, in any state, disbursed or de-obligated its whole obligation."""
    return [
        Finding.error(
            "not_liquidated",
            (
                f"{award}: {limits.usd(award_headroom(award).disbursed)} is obligated but not disbursed. Disburse or "
                "de-obligate it."
            ),
            "awards",
            CLOSEOUT,
        )
        for award in partnership.awards.exclude(obligated_total=F("disbursed_total"))
    ]


def reports_settled(partnership: Partnership, _on: date) -> list[Finding]:
    return [finding for _, finding in open_reports(partnership)]


def open_reports(partnership: Partnership) -> list[tuple[date, Finding]]:
    """Return a finding for each recipient's report that is neither received nor waived, with its due day."""
    findings = []
    for award in partnership.awards.prefetch_related("reports_due__events"):
        for report in award.reports_due.all():
            newest = next(iter(report.events.all()), None)
            if newest is None or newest.kind not in REPORTS_SETTLED:
                message = f"{award.recipient}: {report} has not been received. Receive it, or waive it with a reason."
                findings.append((report.due_on, Finding.error("report_open", message, "awards", CLOSEOUT)))
    return findings


def warnings_of_award(award: Award) -> list[Finding]:
    """Return what to read before money moves under an award: the statute's conditions, and its last day."""
    return [*award_findings(award), *award_within_term(award, award.partnership)]


def warnings_before_money(award: Award) -> list[Finding]:
    """Return the warnings of an award, and the obligations of its partnership that are out of the term."""
    partnership = award.partnership
    return [
        *warnings_of_award(award),
        *obligations_since(partnership, partnership.counted_from),
        *obligations_until(partnership, partnership.term_last_day),
    ]


def awards_to_read(partnership: Partnership) -> list[tuple[Award, list[Finding]]]:
    """Return each award that is not closed out with its warnings, if it has any."""
    awards = partnership.awards.exclude(state="closed").order_by("starts_on", "pk")
    by_award = [(award, warnings_of_award(award)) for award in awards.select_related("partnership__limit_policy")]
    return [(award, warnings) for award, warnings in by_award if warnings]


def award_warnings(partnership: Partnership, _on: date) -> list[Finding]:
    """Return the warnings of all awards that are not closed out, each with the name of its award."""
    return [
        replace(warning, message=f"{award}: {warning.message}")
        for award, warnings in awards_to_read(partnership)
        for warning in warnings
    ]


def award_findings(award: Award) -> list[Finding]:
    """Return warnings before money is obligated under an award.

    22 U.S.C. 7103a(d)(3), 7105a, and 7110.
    """
    rules = (
        (
            award.recipient_type == "government",
            "government_recipient",
            (
                "The recipient is a government. The law allows it, but the office makes awards to civil society, "
                "international organizations, and other expert entities."
            ),
            "recipient_type",
            f"{STATUTE}(3)",
        ),
        (
            not award.certifies_training,
            "training_not_certified",
            "No certification that staff who serve victims are trained is recorded.",
            "certifies_training",
            "22 U.S.C. 7105a(b)",
        ),
        (
            not award.certifies_no_promotion,
            "statement_missing",
            "No statement on prostitution is recorded.",
            "certifies_no_promotion",
            "22 U.S.C. 7110(g)",
        ),
        (
            not award.competed,
            "not_competed",
            f"Not competed: {award.not_competed_because}",
            "competed",
            "22 U.S.C. 7105a(a)",
        ),
        (not award.uei or not award.fain, "identifiers_missing", "UEI or FAIN is not recorded.", "uei", "4 FAM 631.1"),
    )
    return [Finding.warning(code, message, field, citation) for holds, code, message, field, citation in rules if holds]


def complete(partnership: Partnership, _on: date) -> list[Finding]:
    return completeness(record_of(partnership))


_TOWARD_SIGNATURE = (decision_is_current, origin_confirmed)

PARTNERSHIP_CHECKS: Checks[Partnership] = dict.fromkeys(TOWARD_SIGNATURE, _TOWARD_SIGNATURE) | {
    "invite": (*_TOWARD_SIGNATURE, restrictions_ahead),
    "open_negotiations": (*_TOWARD_SIGNATURE, restrictions_ahead),
    "sign": (
        *_TOWARD_SIGNATURE,
        term_is_set,
        term_not_over,
        both_governments_lead,
        cleared,
        within_limits_once_signed,
        cash_beside_the_limit,
        restrictions_clear,
        complete,
    ),
    "start": (start_has_come,),
    "suspend": (term_not_over,),
    "terminate": (term_not_over,),
    "reinstate": (term_not_over, grounds_corrected),
    "complete": (end_has_come,),
    "close": (money_settled, awards_closed, reports_settled),
}
