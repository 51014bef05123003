"""Other weights for one country of a run, asked of What if where a weight of 0 leaves out a criterion."""

from __future__ import annotations

from selection.runs.queries.basis import Basis
from selection.what_if.answer import answer, askable_of
from selection.what_if.question import Question
from selection.what_it_takes import weights
from selection.what_it_takes.case import OUT

STARTS = 3
"""Single weights from which the search for the smallest change of all weights begins, beside those of the run."""


def asked_of(basis: Basis) -> Question:
    """Return the question that a basis answers: its changes, none for that of a run."""
    return Question(changes=getattr(basis, "changes", {}))


def field_of(basis: Basis, code: str, first: int, wants_in: bool) -> weights.Field:
    rows = answer(basis, asked_of(basis)).rows
    at = [i for i, row in enumerate(rows) if row.rank is not None]
    position = basis.result.snapshot.position[code]
    groups = askable_of(basis).groups
    return weights.Field(basis.result.plan, basis.result.u[at], at.index(position), groups, first, wants_in)


def weightings_of(
    basis: Basis, field: weights.Field, code: str
) -> tuple[tuple[weights.OneWeight, ...], weights.AllFree | None, int]:
    """Return the ranks by each weight, the smallest change found, and how many of the first N are then gone."""
    changes = asked_of(basis).changes

    def exactly(numbers: weights.Numbers) -> int:
        found = answer(basis, Question(dict(numbers), changes=changes))
        rank = found.by_code[code].rank if not found.error else None
        return OUT if rank is None else rank

    one = weights.one_weight_each(field, exactly)
    enough = sorted((w for w in one if w.enough is not None), key=lambda w: abs((w.enough or 0.0) - w.percent))
    near = enough or sorted(one, key=lambda w: w.best if field.wants_in else -w.best)
    groups = {group.key: group for group in field.groups}
    starts = [
        weights.with_weight(groups[w.group], w.key, w.at if w.enough is None else w.enough) for w in near[:STARTS]
    ]
    free = weights.smallest_found(field, starts)
    if free is None or not field.is_reached(exactly(free.numbers)):
        return one, None, 0
    before, then = (answer(basis, Question(n, changes=changes)).ranks for n in ({}, dict(free.numbers)))
    top = {other for other, rank in before.items() if rank <= field.first}
    return one, free, sum(then.get(other, OUT) > field.first for other in top)
