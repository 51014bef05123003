"""Effect of publishing some imports, as plain data that `UpdateEffect.found` stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from selection.runs.movements import Move

VALUE, CONSTANT, SEVERAL, OTHERS, POOL = "value", "constant", "several", "others", "pool"
"""Main reasons why a country moves: one of its values, a constant that the run fits on all countries, several values,
other countries alone, or the rules of the pool."""


@dataclass(frozen=True, slots=True)
class Mover:
    """Main reason for a movement of a country.

    `label` is that of the criterion, `before` and `after` are the value with its period, and `imports` those that state
    it. Of the pool, `after` is the reason.
    """

    kind: str
    label: str = ""
    before: str = ""
    after: str = ""
    imports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """Country with a rank before or after, or with another status; `mover` is None if nothing moves it.

    `p20` are the shares of draws among the first N before and after; `why` is the reason that it has no rank.
    """

    code: str
    name: str
    before: int | None
    after: int | None
    why: str = ""
    mover: Mover | None = None
    p20: tuple[float | None, float | None] = (None, None)

    @property
    def move(self) -> Move:
        return Move(self.code, self.before, self.after)


@dataclass(frozen=True, slots=True)
class Alone:
    """Codes of the countries that enter and leave the first N if one import alone is published."""

    enters: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RankingFigures:
    """Figures of one ranking: its countries, those firmly among the first N, and the median width of the intervals.

    `width` is None if nothing is ranked or the model has no draws.
    """

    ranked: int
    firm: int
    width: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures before and after, over `draws`; 0 for a model without."""

    draws: int
    before: RankingFigures
    after: RankingFigures


@dataclass(frozen=True)
class Found:
    """Effect on the ranking: every country with a rank, by its later rank; the figures come with the draws."""

    run: int
    first: int
    rows: Sequence[Row]
    alone: Mapping[int, Alone] = field(default_factory=dict)
    figures: Figures | None = None
    snapshot_hash: str = ""
    is_named: bool = False
    """True once every country that moves has what moves it."""
    is_as_shown: bool = True
    """False if the ranks before are not those of the run: a day passed, or it does not count what was published."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Found:
        rows = []
        for row in plain["rows"]:
            mover = row["mover"]
            made = None if mover is None else Mover(**{**mover, "imports": tuple(mover["imports"])})
            rows.append(Row(**{**row, "mover": made, "p20": tuple(row["p20"])}))
        figures = plain["figures"]
        alone = {int(pk): Alone(tuple(one["enters"]), tuple(one["leaves"])) for pk, one in plain["alone"].items()}
        return cls(
            run=plain["run"],
            first=plain["first"],
            rows=tuple(rows),
            alone=alone,
            figures=Figures(figures["draws"], RankingFigures(**figures["before"]), RankingFigures(**figures["after"]))
            if figures
            else None,
            snapshot_hash=plain["snapshot_hash"],
            is_named=plain["is_named"],
            is_as_shown=plain["is_as_shown"],
        )
