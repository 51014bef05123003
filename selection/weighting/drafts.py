"""A draft of a model made from a weighting exercise, by the mechanism of model versions."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require
from cpc.database.revisions import check_revision
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.editing import Change, Plain
from selection.model_versions.services import versions
from selection.models import ScoringModel, StatedWeights, WeightingDraft, WeightingExercise
from selection.scoring.uncertainty import concentration
from selection.weighting.services import close_exercise
from selection.weighting.spread import ENOUGH, WeightSpread, spread_of, weights_of
from selection.weighting.swings import WHOLE

INCOMPLETE = "Not everyone has answered. Close the exercise first, with the reason."


@dataclass(frozen=True, slots=True)
class NodeSpread:
    """A node of an exercise with the spread of its answers; `keys` are its parts in the order of the weights."""

    node: str
    keys: tuple[str, ...]
    spread: WeightSpread


def answers_to(exercise: WeightingExercise) -> list[StatedWeights]:
    """Return the answers that count, in the order of their participants."""
    rows = StatedWeights.objects.live().filter(participant__exercise=exercise, participant__dropped_at__isnull=True)
    return list(rows.select_related("participant__agency", "participant__account", "given_by").order_by("participant"))


def spreads(exercise: WeightingExercise, table: ModelTable, answers: list[StatedWeights]) -> list[NodeSpread]:
    """Return the spread of the answers at each node that was asked; empty without an answer."""
    if not answers:
        return []
    found = []
    for node in exercise.nodes:
        keys = tuple(child["key"] for child in node["children"])
        given = [weights_of(answer.points[node["key"]], keys) for answer in answers]
        own = table.concentration_of("" if node["key"] == WHOLE else node["key"])
        chosen = own if own is not None else concentration(len(keys), table.rho)
        found.append(NodeSpread(node["key"], keys, spread_of(given, chosen)))
    return found


def revision_of(answers: list[StatedWeights]) -> str:
    """Return the revision of what a draft is made of: the answers that count."""
    return " ".join(str(answer.pk) for answer in answers)


@transaction.atomic
def make_draft(
    *,
    exercise: WeightingExercise,
    takes_weights: bool,
    takes_spread: bool,
    note: str,
    actor: User,
    expected_revision: str | None = None,
) -> ScoringModel:
    """Close a complete exercise, if it is open, and draft a version with the mean weights, the spread, or both.

    Raise `EditConflict` if an answer came or went since the page was shown, and `ValidationError` with `takes`,
    `no_answer`, `incomplete` (it is open, and not everyone has answered), `too_few` (fewer answers than an estimate of
    the spread needs), `changed` (the version has other nodes by now), or the codes of
    `selection.model_definition.rules`.
    """
    require(actor, Permission.EDIT_MODELS)
    current = WeightingExercise.objects.select_for_update(of=("self",), no_key=True).get(pk=exercise.pk)
    answers = answers_to(current)
    check_revision(revision_of(answers), expected_revision)
    if not (takes_weights or takes_spread):
        raise ValidationError("Choose the weights, the spread, or both.", code="takes")
    if not answers:
        raise ValidationError("No one has answered.", code="no_answer")
    if current.is_open and len(answers) < current.participants.filter(dropped_at__isnull=True).count():
        raise ValidationError(INCOMPLETE, code="incomplete")
    if takes_spread and len(answers) < ENOUGH:
        message = f"A spread needs at least {ENOUGH} answers; this exercise has {len(answers)}."
        raise ValidationError(message, code="too_few")
    model = ScoringModel.objects.get(pk=current.model_id)
    if model.table_hash != current.table_hash and not _has_parts(model.as_table, current):
        raise ValidationError("The version has other criteria than those that were weighed.", code="changed")
    found = spreads(current, model.as_table, answers)
    draft = versions.clone_model(model=model, note=note, actor=actor)
    change = _taken(found, takes_weights=takes_weights, takes_spread=takes_spread)
    draft = versions.edit_model(model=draft, change=change, actor=actor)
    if current.is_open:
        close_exercise(exercise=current, reason=f"Version {draft.number} was drafted from it.", actor=actor)
    row = WeightingDraft(
        exercise=current,
        model=draft,
        takes_weights=takes_weights,
        takes_spread=takes_spread,
        answers=[answer.pk for answer in answers],
        figures=[{"node": one.node, "keys": list(one.keys), **_plain(one.spread)} for one in found],
        made_by=actor,
    )
    create(row, actor=actor, action="drafted from an exercise")
    return draft


def _plain(spread: WeightSpread) -> dict[str, Any]:
    return {**asdict(spread), "mean": list(spread.mean)}


def _has_parts(table: ModelTable, exercise: WeightingExercise) -> bool:
    known = {row.key for row in table.nodes} | {row.key for row in table.criteria}
    return all(child["key"] in known for node in exercise.nodes for child in node["children"])


def _taken(found: list[NodeSpread], *, takes_weights: bool, takes_spread: bool) -> Change:
    """Return the change of a table: mean weights in points of 100, and the concentration of each node."""

    def change(data: Any) -> Plain:
        table = ModelTable.from_dict(data).to_dict()
        rows = {row["key"]: row for name in ("nodes", "criteria") for row in table[name]}
        for one in found:
            if takes_weights:
                for key, weight in zip(one.keys, one.spread.mean, strict=True):
                    rows[key]["weight"] = round(100 * weight, 2)
            if takes_spread and one.spread.estimated is not None:
                holder = table if one.node == WHOLE else rows[one.node]
                holder["concentration"] = round(one.spread.estimated, 1)
        return table

    return change
