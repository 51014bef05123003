"""Published data behind a comparison of two runs: differing observations and their editions."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cpc.accounts.models import User
from indicators.models import Observation, Publication, PublicationKind
from indicators.queries import statement_days
from selection.ratings.queries import judges_apart
from selection.run_comparison.queries.causes import Cause, CauseChange, observations_of
from selection.run_comparison.queries.comparison import Comparison, RunMove

Observations = Mapping[int, Observation]


@dataclass(frozen=True, slots=True)
class Edition:
    """One import whose values differ between two runs.

    `values` counts the values that the later run takes from it and the earlier one did not. `gone` counts the values
    that the later run can no longer take, or takes no replacement for. `moved` counts the countries among them that
    moved. `published_on` is the day of the edition, `number` that of its publication in this system.
    """

    publisher: str
    title: str
    batch: int
    published_on: dt.date | None
    number: int | None
    is_taken_back: bool
    values: int
    gone: int
    moved: int


@dataclass(frozen=True, slots=True)
class DataBehind:
    """Observations behind the changes by key, and their editions, those with most values first.

    `other` are publications between both runs that changed no value of any country. `days` are the days from which
    values count as published, for files that appeared after the day of the earlier run.
    """

    observations: Observations
    editions: tuple[Edition, ...]
    other: tuple[Publication, ...]
    days: Mapping[int, dt.date | None] = field(default_factory=dict)


def data_behind(found: Comparison, moves: Sequence[RunMove] | None = None) -> DataBehind:
    """Return the published data behind all changes of a comparison, or those of some countries."""
    changes = [(move, change) for move in (found.moves if moves is None else moves) for change in move.changes]
    ids = {pk for _, change in changes for line in (change.before, change.after) for pk in observations_of(line)}
    rows = Observation.objects.select_related("indicator__source", "batch").in_bulk(ids)
    editions = tuple(_editions(changes, rows, found))
    known = {edition.number for edition in editions}
    other = tuple(row for row in found.publications if row.seq not in known)
    on = found.before.reference_date
    later = [pk for pk, row in rows.items() if row.batch.published_on and row.batch.published_on > on]
    return DataBehind(rows, editions, other, statement_days(later, as_of=found.after.as_of))


def hidden_from(user: User, found: Comparison) -> frozenset[str]:
    """Return the rated criteria that a rater does not see while the round of one of the runs is open."""
    rounds = [row.round for run in (found.before, found.after) for row in run.rounds.select_related("round")]
    if not any(judges_apart(one, user) for one in rounds):
        return frozenset()
    tables = (found.pair.before, found.pair.after)
    return frozenset(row.key for table in tables for row in table.criteria if row.is_rated)


def fresh_and_gone(change: CauseChange) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the observations that only the later run takes, and those that only the earlier took."""
    old, new = observations_of(change.before), observations_of(change.after)
    return tuple(pk for pk in new if pk not in old), tuple(pk for pk in old if pk not in new)


def _editions(
    changes: Iterable[tuple[RunMove, CauseChange]], rows: Observations, found: Comparison
) -> Iterable[Edition]:
    values, gone, moved = Counter[int](), Counter[int](), defaultdict[int, set[str]](set)
    one_of: dict[int, Observation] = {}
    for move, change in changes:
        if change.cause is not Cause.DATA:
            continue
        fresh, old = fresh_and_gone(change)
        lost = [pk for pk in old if not fresh or not found.pair.after_knows(pk)]
        for row in (rows[pk] for pk in (*fresh, *lost) if pk in rows):
            one_of.setdefault(row.batch_id, row)
            values[row.batch_id] += row.pk in fresh
            gone[row.batch_id] += row.pk in lost
            moved[row.batch_id] |= {move.row.code} if move.moved else set()
    numbers = _numbers(one_of)
    for batch, row in sorted(one_of.items(), key=lambda item: (-values[item[0]] - gone[item[0]], item[0])):
        number, retracted = numbers.get(batch, (None, None))
        yield Edition(
            publisher=row.indicator.source.publisher,
            title=row.batch.title,
            batch=batch,
            published_on=row.batch.published_on,
            number=number,
            is_taken_back=retracted is not None and retracted <= found.after.as_of,
            values=values[batch],
            gone=gone[batch],
            moved=len(moved[batch]),
        )


def _numbers(batches: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
    """Return the publication numbers of each import: of its publication and its retraction."""
    found: dict[int, tuple[int | None, int | None]] = {}
    for batch, kind, seq in Publication.objects.filter(batch__in=list(batches)).values_list("batch", "kind", "seq"):
        published, retracted = found.get(batch, (None, None))
        is_publication = kind == PublicationKind.PUBLISH
        found[batch] = (seq, retracted) if is_publication else (published, seq)
    return found
