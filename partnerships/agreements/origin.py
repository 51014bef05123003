"""The origin of a partnership: either a decision of a selection round or a stated reason.

The rules read a decision or a country; the database holds the same ones, see `comes_from_decision`. A stated reason
is confirmed by another person, who may approve, before the partnership moves on; see `confirms_reason`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger

from cpc.accounts.permissions import Permission
from cpc.accounts.triggers import roles_sql
from cpc.findings import Finding, Severity
from partnerships.database.rows import PARTNERSHIP
from selection.queries import why_no_candidate

if TYPE_CHECKING:
    from indicators.models import Country
    from selection.models import Decision

UNITED_STATES = "USA"
DECIDED = ("decided", "archived")
"""States of a round in which its decisions stand."""


def _error(code: str, message: str) -> Finding:
    return Finding(code, Severity.ERROR, message, "decision", "22 U.S.C. 7103a(d)(5)")


def selects(decision: Decision) -> list[Finding]:
    """Only a decision that selects begins a partnership."""
    if decision.action == "select":
        return []
    said = decision.get_action_display().lower()
    return [_error("decision_selects", f"The decision on {decision.candidate.country} is: {said}.")]


def stands(decision: Decision) -> list[Finding]:
    """The decision was not superseded."""
    if decision.superseded_at is None:
        return []
    return [_error("decision_superseded", "A later decision superseded this one; begin from the one that stands.")]


def round_is_decided(decision: Decision) -> list[Finding]:
    """The round is closed, and its decisions are frozen."""
    found = decision.candidate.round
    if found.state in DECIDED:
        return []
    return [_error("round_undecided", f"{found} is in {found.get_state_display().lower()}; it is decided first.")]


def begins_one(decision: Decision) -> list[Finding]:
    """One decision begins one partnership, and none begins beside one that an earlier decision on it began."""
    from partnerships.models import Partnership, Status  # the models read this module

    earlier = Partnership.objects.filter(decision__candidate=decision.candidate_id).order_by("pk")
    for partnership in earlier:
        if partnership.decision_id == decision.pk or partnership.status != Status.CANCELLED:
            return [_error("decision_used", f"It began already: {partnership} ({partnership.get_status_display()}).")]
    return []


RULES = (selects, stands, round_is_decided, begins_one)


def origin_findings(decision: Decision, country: Country | None = None) -> list[Finding]:
    """What stands in the way of beginning a partnership (with `country`) from a decision."""
    found = [finding for rule in RULES for finding in rule(decision)]
    if country is not None and country.pk != decision.candidate.country_id:
        found.append(_error("decision_country", f"The decision is about {decision.candidate.country}."))
    return found


def country_findings(country: Country) -> list[Finding]:
    """Return the findings against a stated reason for a country: the rule by which the pool of a round is drawn.

    The United States is never a partner of itself, whatever a model says.
    """
    reason = "It is the other participant." if country.code == UNITED_STATES else why_no_candidate(country)
    if not reason:
        return []
    message = f"{country} is no candidate for a partnership. {reason}"
    return [Finding("origin_country", Severity.ERROR, message, "country", "22 U.S.C. 7103a(a)")]


def comes_from_decision() -> pgtrigger.Trigger:
    """Require that the decision of a new partnership selects its country, is in effect, and belongs to a decided round.

    The decision is locked, so that none supersedes it meanwhile. Without a decision the country is one that a pool
    may take. What a record came from, and who opened it, is fixed when it is made.
    """
    states = ", ".join(f"'{state}'" for state in DECIDED)
    return pgtrigger.Trigger(
        name="c_comes_from_decision",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("found", "record")],
        func=f"""
            IF TG_OP = 'UPDATE' THEN
                IF NEW.decision_id IS DISTINCT FROM OLD.decision_id OR NEW.origin_reason <> OLD.origin_reason
                   OR NEW.opened_by_id IS DISTINCT FROM OLD.opened_by_id THEN
                    PERFORM cpc_refuse('decision_fixed', 'What a record came from is said when it is made.');
                END IF;
                RETURN NEW;
            END IF;
            IF NEW.decision_id IS NULL THEN
                IF NEW.kind = 'managed' AND NOT cpc_may_partner(NEW.country_id) THEN
                    PERFORM cpc_refuse('origin_country', 'This country is no candidate for a partnership.');
                END IF;
                RETURN NEW;
            END IF;
            SELECT d.action, d.superseded_at, c.country_id, r.state INTO found
                FROM selection_decision d
                JOIN selection_candidate c ON c.id = d.candidate_id
                JOIN selection_selectionround r ON r.id = c.round_id
                WHERE d.id = NEW.decision_id FOR SHARE OF d;
            IF found.action <> 'select' THEN
                PERFORM cpc_refuse('decision_selects', 'This decision does not select the country.');
            ELSIF found.superseded_at IS NOT NULL THEN
                PERFORM cpc_refuse('decision_superseded', 'A later decision superseded this one.');
            ELSIF found.state NOT IN ({states}) THEN
                PERFORM cpc_refuse('round_undecided', 'The round of this decision is not decided.');
            ELSIF found.country_id <> NEW.country_id OR NEW.kind <> 'managed' THEN
                PERFORM cpc_refuse('decision_country', 'This decision is about another country.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def confirms_reason() -> pgtrigger.Trigger:
    """Let a confirmation in once, for a stated reason, by another person who may approve."""
    return pgtrigger.Trigger(
        name="a_two_people",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("p", f"{PARTNERSHIP}%ROWTYPE")],
        func=f"""
            SELECT * INTO p FROM {PARTNERSHIP} WHERE id = NEW.partnership_id FOR NO KEY UPDATE;
            IF p.decision_id IS NOT NULL OR p.kind <> 'managed' THEN
                PERFORM cpc_refuse('no_stated_reason', 'Only the stated reason of a partnership is confirmed.');
            ELSIF EXISTS (SELECT 1 FROM partnerships_originconfirmation c WHERE c.partnership_id = p.id) THEN
                PERFORM cpc_refuse('origin_confirmed', 'The stated reason is confirmed.');
            ELSIF NEW.confirmed_by_id = p.opened_by_id THEN
                PERFORM cpc_refuse('two_people', 'Whoever opens a partnership does not confirm its reason.');
            ELSIF NOT cpc_may_approve(NEW.confirmed_by_id, ARRAY[{roles_sql(Permission.APPROVE_PARTNERSHIPS)}]) THEN
                PERFORM cpc_refuse('may_not_approve', 'This account may not confirm a stated reason.');
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )
