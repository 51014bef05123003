"""Services of a round from opening to archive: the pool, the steps, and the full score."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.audit.services import record
from cpc.audit.steps import check_findings, check_step
from cpc.database.revisions import check_revision
from cpc.validation import field_error
from indicators.models import Country, Publication
from indicators.queries import current, states
from selection import consultation_notifications
from selection.decisions.services import freeze_round
from selection.evidence.services import current_ratings, refresh_evidence
from selection.lookups.pool import pool_inputs
from selection.lookups.rounds import locked, open_to_change
from selection.lookups.unpublished import editions, statements_in_force
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import (
    Candidate,
    CandidateMove,
    ModelState,
    PoolReason,
    RoundRun,
    RoundState,
    RoundStep,
    ScoringModel,
    SelectionRound,
)
from selection.pool_rules.policy import NOT_A_STATE
from selection.pool_rules.pools import (
    CountryPoolFacts,
    PoolRule,
    partners,
    pool_reasons,
)
from selection.restrictions.queries import barred
from selection.rounds.preconditions import ROUND_CHECKS
from selection.runs.services import compute
from selection.scoring_inputs.cells import Selection
from selection.scoring_inputs.screening import select
from selection.states import ROUND

TOLD = {"deliberate": consultation_notifications.DELIBERATES, "decide": consultation_notifications.DECIDED}
"""Steps of which the agencies that were asked are notified."""


@transaction.atomic
def open_round(
    *,
    title: str,
    fiscal_year: int,
    model: ScoringModel,
    actor: User | None,
    rule: PoolRule | None = None,
    reference_date: dt.date | None = None,
    as_of: int | None = None,
) -> SelectionRound:
    """Open a round on a published model and the current data, or at publication number `as_of`."""
    require(actor, Permission.RUN_ROUNDS)
    if model.state != ModelState.PUBLISHED:
        message = f"{model} is {model.get_state_display().lower()}. A round requires a published model."
        raise field_error("model", message, "model_not_published")
    number = current() if as_of is None else as_of
    return create(
        SelectionRound(
            title=title,
            fiscal_year=fiscal_year,
            model=model,
            as_of=number,
            as_of_at=Publication.objects.filter(seq=number).values_list("at", flat=True).first(),
            reference_date=reference_date or timezone.now().date(),
            pool_rule=(rule or PoolRule()).to_dict(),
            opened_by=actor,
        ),
        actor=actor,
        action="opened",
    )


@transaction.atomic
def edit_round(
    *, selection_round: SelectionRound, values: Mapping[str, Any], actor: User, expected_revision: str | None = None
) -> SelectionRound:
    """Change title, model, rule, or day of a draft round.

    Raises `EditConflict` if it no longer has the `expected_revision`.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = locked(selection_round)
    if locked_round.state != RoundState.DRAFT:
        raise ValidationError("Return the round to draft to change its model, dates, or pool rule.", code="not_draft")
    check_revision(locked_round.current_revision(), expected_revision)
    return set_fields(locked_round, values, actor=actor, action="changed")


@transaction.atomic
def move_as_of(*, selection_round: SelectionRound, actor: User, reason: str) -> SelectionRound:
    """Move the round's as-of publication to the newest one and refresh the evidence.

    Scores do not change until `score_round` runs.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = open_to_change(selection_round)
    number = current()
    values = {"as_of": number, "as_of_at": Publication.objects.filter(seq=number).values_list("at", flat=True).first()}
    moved = set_fields(locked_round, values, actor=actor, action=f"moved to newer evidence: {reason}")
    refresh_evidence(selection_round=moved)
    return moved


@transaction.atomic
def draw_pool(*, selection_round: SelectionRound, actor: User) -> SelectionRound:
    """Apply the pool rule to every country, except those that a person moved by hand."""
    require(actor, Permission.RUN_ROUNDS)
    locked_round = open_to_change(selection_round)
    table, rule = locked_round.model.as_table, PoolRule.from_dict(locked_round.pool_rule)
    selection = _screened(table, locked_round)
    # A round may draw more of the listed countries than the pool of the screen has.
    listed = {code for code, entry in selection.pool.entries.items() if entry.reason_code != NOT_A_STATE}
    income = {code: cell.used.label for code, cell in selection.cells.get("income", {}).items() if cell.used}
    countries = states()
    facts = CountryPoolFacts(
        listed=frozenset(country.code for country in countries if country.code in listed),
        income=income,
        restricted=barred(timezone.now().date()),
        partners=partners(),
    )
    answers = pool_reasons(rule, table, facts, [country.code for country in countries])
    known = {row.country_id: row for row in locked_round.candidates.all()}
    for country in countries:
        _set_pool_status(locked_round, country, known.get(country.pk), *answers[country.code])
    record(
        actor=actor,
        action="drew the pool of",
        target=locked_round,
        after={"pool": locked_round.candidates.in_pool().count()},
    )
    return locked_round


def _screened(table: ModelTable, selection_round: SelectionRound) -> Selection:
    """Select the evidence of the round's desk screen, the source of listed countries and income."""
    on, as_of = selection_round.reference_date, selection_round.as_of
    stated = editions(statements_in_force(table))
    return select(table, Stage.SCREEN, as_of=as_of, on=on, inputs=pool_inputs(on), unpublished=stated)


def _set_pool_status(
    selection_round: SelectionRound, country: Country, row: Candidate | None, code: str, reason: str
) -> None:
    if row is None:
        row = Candidate.objects.create(round=selection_round, country=country, excluded_because=code, reason=reason)
        CandidateMove.objects.create(candidate=row, excluded_because=code, reason=reason)
    elif not row.by_hand and (row.excluded_because, row.reason) != (code, reason):
        row.excluded_because, row.reason = code, reason
        row.save(update_fields=("excluded_because", "reason"))
        CandidateMove.objects.create(candidate=row, excluded_because=code, reason=reason)


@transaction.atomic
def move_candidate(
    *, candidate: Candidate, into_pool: bool, reason: str, actor: User, expected_revision: str | None = None
) -> Candidate:
    """Move a country into or out of the pool by hand, with the reason.

    The rule then skips it. Raises `EditConflict` if it no longer has the `expected_revision`.
    """
    require(actor, Permission.RUN_ROUNDS)
    open_to_change(candidate.round)
    row = Candidate.objects.select_for_update(of=("self",), no_key=True).get(pk=candidate.pk)
    check_revision(row.current_revision(), expected_revision)
    if candidate.excluded_because == PoolReason.NOT_CANDIDATE:
        raise ValidationError(f"{candidate.country} cannot be a candidate: {candidate.reason}", code="not_candidate")
    if candidate.excluded_because == PoolReason.NOT_LISTED and into_pool:
        raise ValidationError(f"{candidate.country}: {candidate.reason}", code="not_listed")
    if not reason.strip():
        raise field_error("reason", "Enter a reason.", "reason")
    code = PoolReason.CANDIDATE if into_pool else PoolReason.BY_HAND
    values = {"excluded_because": code, "reason": reason.strip(), "by_hand": True}
    set_fields(row, values, actor=actor, action="put into the pool" if into_pool else "taken out of the pool")
    CandidateMove.objects.create(candidate=row, excluded_because=code, reason=reason.strip(), actor=actor)
    return row


@transaction.atomic
def take_round_step(
    *, selection_round: SelectionRound, name: str, actor: User, reason: str = "", on: dt.date | None = None
) -> SelectionRound:
    """Take one step of a round.

    The first draws the pool; the decision freezes what it rests on. Raises `PermissionDenied`, and `ValidationError`
    with `transition`, `reason`, or the codes of the findings.
    """
    locked_round = locked(selection_round)
    label = locked_round.get_state_display()
    transition = check_step(
        ROUND, name, record=locked_round, state=locked_round.state, label=label, actor=actor, reason=reason
    )
    check_findings(ROUND_CHECKS, name, locked_round, on or timezone.now().date())
    row = RoundStep(
        round=locked_round,
        name=name,
        source=locked_round.state,
        target=transition.target,
        reason=reason.strip(),
        actor=actor,
    )
    step = create(row, actor=actor, action=f"took the step: {transition.label}")
    locked_round = set_fields(locked_round, {"state": transition.target}, actor=actor, action="moved")
    if name == "screen":
        draw_pool(selection_round=locked_round, actor=actor)
    elif name == "decide":
        freeze_round(selection_round=locked_round, actor=actor, on=on)
    if (kind := TOLD.get(name)) is not None:
        consultation_notifications.notify_agencies(locked_round, kind, actor=actor, once=str(step.pk))
    return locked_round


@transaction.atomic
def score_round(*, selection_round: SelectionRound, actor: User, reason: str = "") -> RoundRun:
    """Compute the full score of the pool on the round's evidence and all current ratings.

    Returns the current score if nothing changed. Raises `ValidationError` with `pool_empty` or `round_closed`.
    """
    require(actor, Permission.RUN_ROUNDS)
    locked_round = open_to_change(selection_round)
    codes = sorted(locked_round.candidates.in_pool().values_list("country__code", flat=True))
    if not codes:
        raise ValidationError("No country is in the pool.", code="pool_empty")
    inputs = {"candidates": codes, "ratings": current_rating_keys(locked_round), "round": locked_round.pk}
    table = locked_round.model.as_table
    run = compute(Stage.FULL, actor, locked_round.as_of, locked_round.reference_date, table, inputs)
    newest = locked_round.runs.order_by("-number").first()
    if newest is not None and newest.run_id == run.pk:
        return newest
    number = newest.number + 1 if newest else 1
    round_run = create(RoundRun(round=locked_round, number=number, run=run, reason=reason, made_by=actor), actor=actor)
    refresh_evidence(selection_round=locked_round)
    return round_run


def current_rating_keys(selection_round: SelectionRound) -> dict[str, dict[str, list[int]]]:
    """Return the keys of current ratings by criterion and country, without those "not known"."""
    return {
        criterion: {code: sorted(rated.steps) for code, rated in countries.items()}
        for criterion, countries in current_ratings(selection_round).items()
    }
