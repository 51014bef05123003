"""Versions of the evidence shown to readers of a candidate.

A position is tied to the version that the page showed. After a publication, a retraction, or a rating,
`refresh_evidence` creates a new version for each candidate for which a cell of the model differs; the others keep
theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

from cpc.grouping import grouped
from indicators.models import Indicator
from indicators.queries import current
from selection import consultation_notifications
from selection.evidence.queries import text_of
from selection.model_definition.criteria_table import CriterionRow, ModelTable, Stage
from selection.models import ANSWERING, CLOSED, EvidenceVersion, Position, Rating, RoundRun, SelectionRound
from selection.runs.labels import name_of
from selection.scoring import sha256_of
from selection.scoring_inputs.cells import Cell, Rated, candidate_cells


@transaction.atomic
def refresh_evidence(*, selection_round: SelectionRound) -> int:
    """Create new evidence versions for changed candidates, and return the number of these candidates.

    Reads the newest data, whatever publication the round is scored at, because readers see the newest.
    """
    locked_round = SelectionRound.objects.select_for_update(of=("self",), no_key=True).get(pk=selection_round.pk)
    table, as_of = locked_round.model.as_table, current()
    candidates = {row.country.code: row for row in locked_round.candidates.in_pool().select_related("country")}
    published = candidate_cells(table, as_of=as_of, codes=candidates.keys(), ratings=current_ratings(locked_round))
    codes = {row.indicator for row in table.rows(Stage.FULL)}
    names = {indicator.code: name_of(indicator) for indicator in Indicator.objects.filter(code__in=codes)}
    newest_run = RoundRun.objects.filter(round=locked_round).order_by("-number").first()
    newest = {row.candidate_id: row for row in _newest(locked_round)}
    changed = 0
    for code, candidate in candidates.items():
        cells = {row.key: describe_cell(row, published[row.key][code], names) for row in table.rows(Stage.FULL)}
        digest = sha256_of({key: content(cell) for key, cell in cells.items()})
        before = newest.get(candidate.pk)
        if before is not None and before.digest == digest:
            continue
        EvidenceVersion.objects.create(
            candidate=candidate,
            number=before.number + 1 if before else 1,
            as_of=as_of,
            run=newest_run.run if newest_run else None,
            digest=digest,
            cells=cells,
            changes=differences(table, before.cells, cells) if before else [],
        )
        changed += 1
    if locked_round.evidence_as_of != as_of:
        locked_round.evidence_as_of = as_of
        locked_round.save(update_fields=("evidence_as_of",))
    if changed:
        notify_of_stale_positions(selection_round=locked_round)
    return changed


def fresh_evidence(*, selection_round: SelectionRound) -> int:
    """Refresh the evidence if data were published since the last time.

    Returns the number of changed candidates. A closed round keeps the evidence of its decision, and a round without a
    score has none yet.
    """
    seen = selection_round.evidence_as_of
    if not selection_round.is_open or seen is None or seen >= current():
        return 0
    return refresh_evidence(selection_round=selection_round)


def fresh_evidence_of_open_rounds() -> int:
    open_rounds = SelectionRound.objects.exclude(state__in=CLOSED)
    return sum(fresh_evidence(selection_round=selection_round) for selection_round in open_rounds.order_by("pk"))


def _newest(selection_round: SelectionRound) -> list[EvidenceVersion]:
    of_candidate = EvidenceVersion.objects.filter(candidate=OuterRef("candidate")).order_by("-number")
    rows = EvidenceVersion.objects.filter(candidate__round=selection_round)
    return list(rows.filter(pk=Subquery(of_candidate.values("pk")[:1])))


def current_ratings(selection_round: SelectionRound) -> dict[str, dict[str, Rated]]:
    """Return the current ratings with a step, by criterion and code of the country."""
    rows = Rating.objects.filter(candidate__round=selection_round, superseded_at__isnull=True, step__isnull=False)
    by_criterion = grouped(rows.order_by("pk").select_related("candidate__country"), lambda row: row.criterion)
    return {
        criterion: {
            code: Rated({row.pk: row.step for row in given if row.step is not None})
            for code, given in grouped(of_criterion, lambda row: row.candidate.country.code).items()
        }
        for criterion, of_criterion in by_criterion.items()
    }


def describe_cell(row: CriterionRow, cell: Cell, names: Mapping[str, str]) -> dict[str, Any]:
    """Return one cell as it is stored: its evidence, a short text, and what its publisher measures.

    `names` are those of the indicators by code, with their better end.
    """
    if cell.rated is not None:
        return {"ratings": sorted(cell.rated.steps), "words": f"rated {cell.rated.median:g} of 4"}
    observed = cell.used or cell.shown
    if observed is None:
        return {"missing": cell.missing, "words": "not rated" if not row.indicator else "no value"}
    text = observed.label or (f"{observed.value:g}" if observed.value is not None else "no value")
    counts = "" if observed.value is None else f"{row.counts(observed.value):g}"
    turned = f", counts as {counts}" if counts and cell.used and counts != f"{observed.value:g}" else ""
    return {
        "name": names.get(observed.indicator, row.label),
        "value": observed.value,
        "label": observed.label,
        "missing": "" if cell.used else cell.missing,
        "period": observed.period,
        "edition": observed.edition,
        "observation": observed.observation_id,
        "words": f"{text} ({observed.period}, {observed.edition}{turned})",
    }


def content(cell: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a cell that counts as evidence.

    A later edition of the same value is no change.
    """
    return {name: cell[name] for name in ("value", "label", "missing", "period", "ratings") if name in cell}


def differences(
    table: ModelTable, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Return the differences between two versions, one per criterion, in the order of the model.

    A published value is named as its publisher names it, a rating as the model names the criterion.
    """
    labels = {row.key: row.label for row in table.criteria}
    return [
        {
            "key": key,
            "label": cell.get("name") or before.get(key, {}).get("name") or labels.get(key, key),
            "before": text_of(before.get(key, {})) or "not in the model",
            "after": text_of(cell),
        }
        for key, cell in after.items()
        if content(before.get(key, {})) != content(cell)
    ]


def notify_of_stale_positions(*, selection_round: SelectionRound) -> int:
    """Notify each agency once of its answers on outdated evidence.

    Returns the number of notifications.
    """
    if selection_round.state not in ANSWERING:
        return 0
    newest = {row.candidate_id: row.pk for row in _newest(selection_round)}
    rows = Position.objects.live().final().filter(request__round=selection_round, request__dropped_at__isnull=True)
    notified = 0
    for position in rows.select_related("request__round", "request__agency", "candidate__country"):
        version = newest.get(position.candidate_id)
        if position.candidate.in_pool and version != position.evidence_id:
            once = str(version)
            notified += consultation_notifications.notify_about_position(
                position, consultation_notifications.EVIDENCE_CHANGED, to_agency=True, actor=None, once=once
            )
    return notified
