"""Services for scenarios of a ranking: save, share, and withdraw them, and draft a model from a question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from selection.lookups.model_versions import version_of
from selection.model_definition.editing import Change, with_weights
from selection.model_versions.services.versions import clone_model, edit_model, import_model
from selection.models import Scenario, ScoreRun, ScoringModel
from selection.runs.queries.basis import Basis, basis_of
from selection.what_if.answer import answer, askable_of
from selection.what_if.askable import Askable
from selection.what_if.question import Question, QuestionError, from_dict

PRIVATE = ("key", "name", "question")
"""Columns that the audit trail omits, since not everyone who reads the trail may see them."""

_DIGITS = 4


def _basis(run: ScoreRun) -> Basis:
    basis = basis_of(run)
    if basis is None:
        message = f"{run} used an earlier method, so What if is not available for it."
        raise ValidationError(message, code="earlier_method")
    return basis


def _sound(question: Question, basis: Basis) -> Question:
    """Return a question that can be answered, normalized for storage.

    Raise `ValidationError` of code `question` for any other, and `nothing_weighted` if both axes weigh 0.
    """
    try:
        normalized = from_dict(question.to_dict(), askable_of(basis))
    except QuestionError as error:
        raise ValidationError(str(error), code="question") from error
    if answer(basis, normalized).error:
        raise ValidationError("Need and feasibility are both 0, so there is no list to save.", code="nothing_weighted")
    return normalized


@transaction.atomic
def save_scenario(*, run: ScoreRun, question: Question, name: str, actor: User, shared: bool = False) -> Scenario:
    """Save a question to a run under a name; no official result changes.

    Raise `ValidationError` with `earlier_method`, `question`, `nothing_weighted`, `nothing_changed`, `name`,
    `same_name`, `too_many` or `question_size`. The database enforces the last four.
    """
    require(actor, Permission.VIEW_RANKINGS)
    normalized = _sound(question, _basis(run))
    if normalized.is_official:
        raise ValidationError(
            f"Your settings are the same as those of {run}. Change a number first.", code="nothing_changed"
        )
    scenario = Scenario(
        name=" ".join(name.split()),
        run=run,
        question=normalized.to_dict(),
        author=actor,
        shared_at=timezone.now() if shared else None,
    )
    return create(scenario, actor=actor, action="kept", private=PRIVATE)


@transaction.atomic
def share_scenario(*, scenario: Scenario, actor: User) -> Scenario:
    """Share a scenario with everyone who has its link and may see rankings.

    Raise `ValidationError` `scenario_kept` if it is shared already.
    """
    own = _own(scenario, actor)
    if own.shared_at is not None:
        raise ValidationError("The scenario is already shared.", code="scenario_kept")
    return set_fields(own, {"shared_at": timezone.now()}, actor=actor, action="shared")


@transaction.atomic
def withdraw_scenario(*, scenario: Scenario, actor: User) -> Scenario:
    """Withdraw a scenario: only its author can open its link, and its name may be used again."""
    own = _own(scenario, actor)
    return set_fields(own, {"withdrawn_at": timezone.now()}, actor=actor, action="withdrew")


def _own(scenario: Scenario, actor: User) -> Scenario:
    """Return the locked scenario of its author.

    Raise `PermissionDenied` for anyone else, and `ValidationError` `scenario_kept` once it is withdrawn.
    """
    require(actor, Permission.VIEW_RANKINGS)
    locked = Scenario.objects.select_for_update(of=("self",), no_key=True).get(pk=scenario.pk)
    if locked.author_id != actor.pk:
        raise PermissionDenied(f"{actor} is not the author of {locked}.")
    if not locked.is_open:
        raise ValidationError("The scenario was already withdrawn.", code="scenario_kept")
    return locked


# ---- a draft of a model --------------------------------------------------------------------------------------------


@transaction.atomic
def draft_of_question(*, run: ScoreRun, question: Question, note: str, actor: User) -> ScoringModel:
    """Draft the next version of a run's model with the weights and limits of evidence of a question.

    Countries let in are no part of a model, and a draft has the options of the run's. Raise `ValidationError` with
    `nothing_for_a_model` where only they differ, and what keeping a scenario, cloning and editing a model raise.
    """
    require(actor, Permission.EDIT_MODELS)
    basis = _basis(run)
    asked = _sound(question, basis)
    if not (asked.weights or asked.evidence):
        message = "Only the pool differs, and the pool is not part of a model. Propose a change to the pool instead."
        if asked.changes:
            message = "No weight and no rule of evidence differs. A model has no values of countries."
        elif asked.options or asked.held:
            message = "No weight and no rule of evidence differs. A draft does not take over the choices of a question."
        raise ValidationError(message, code="nothing_for_a_model")
    version = version_of(run)
    draft = (
        import_model(data=run.table, note=note, actor=actor)
        if version is None
        else clone_model(model=version, note=note, actor=actor)
    )
    return edit_model(model=draft, change=changed_by(asked, askable_of(basis)), actor=actor)


def changed_by(question: Question, askable: Askable) -> Change:
    """Return the change of a model's table that a question describes.

    The points of a group that the screen counts are divided by the question's numbers; criteria that only the full
    score counts are unchanged.
    """

    def change(data: Mapping[str, Any]) -> dict[str, Any]:
        points = {row["key"]: row["weight"] for name in ("nodes", "criteria") for row in data[name]}
        weights: dict[str, float | int | None] = {}
        for group in askable.groups:
            if any(weight.key in question.weights for weight in group.weights):
                numbers, whole = question.numbers(group, askable), sum(points[w.key] for w in group.weights)
                total = sum(numbers)
                for weight, number in zip(group.weights, numbers, strict=True):
                    weights[weight.key] = _plain(whole * number / total) if total else 0
        changed = with_weights(weights)(data)
        return _with_rules(changed, question.evidence) if question.evidence else changed

    return change


def _plain(value: float) -> float | int:
    rounded = round(value, _DIGITS)
    return int(rounded) if rounded == int(rounded) else rounded


def _with_rules(data: dict[str, Any], evidence: Mapping[str, int | None]) -> dict[str, Any]:
    remaining = [rule for rule in data["method"]["rules"] if evidence.get(rule["key"], 0) is not None]
    rules = [_limited(rule, evidence[rule["key"]]) if rule["key"] in evidence else rule for rule in remaining]
    return {**data, "method": {**data["method"], "rules": rules}}


def _limited(rule: Mapping[str, Any], years: int | None) -> dict[str, Any]:
    """Return a rule with another limit, in its text too."""
    texts = {
        name: re.sub(rf"within {rule['within']} years?\b", f"within {years} years", rule[name])
        for name in ("label", "lacking")
    }
    return {**rule, **texts, "within": years}
