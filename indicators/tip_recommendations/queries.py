"""Queries that compare a country's recommendations in consecutive editions."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from cpc.grouping import grouped
from indicators.models import Country, Narrative, Recommendation, RecommendationMatch
from indicators.recommendation_matching import Change, Text, compare

CONFIRMED, PROPOSED, OPEN = "confirmed", "proposed", "open"


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """Recommendation of two editions: its texts, its outcome, and the analyst who confirmed it.

    `state` is `confirmed` by an analyst, `proposed` by the comparison of the texts, or `open` if the text that would
    show the outcome is missing. `number` is its position in the comparison, from 1.
    """

    number: int
    older: Recommendation | None
    newer: Recommendation | None
    kind: str
    state: str
    similarity: float | None = None
    match: RecommendationMatch | None = None

    @property
    def revision(self) -> str:
        """Return the revision of the row: the keys of its confirmation and texts, which are never edited."""
        return ".".join(
            str(part or 0)
            for part in (
                self.match and self.match.pk,
                self.older and self.older.pk,
                self.newer and self.newer.pk,
            )
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison of two consecutive editions.

    Rows are the newer one's recommendations in its order, then the dropped ones.
    """

    country: Country
    older: Narrative
    newer: Narrative
    older_list: Sequence[Recommendation]
    newer_list: Sequence[Recommendation]
    older_whole: bool
    newer_whole: bool
    rows: Sequence[ComparedRow] = field(default_factory=tuple)

    @property
    def counts(self) -> dict[str, int]:
        kinds = Counter(row.kind for row in self.rows)
        return {change.value: kinds[change.value] for change in Change}

    @property
    def proposed(self) -> int:
        return sum(row.state == PROPOSED for row in self.rows)

    @property
    def confirmed(self) -> int:
        return sum(row.state == CONFIRMED for row in self.rows)

    @property
    def revision(self) -> str:
        """Return the revision of the comparison, made of those of its rows and short enough for a form."""
        return hashlib.sha256(" ".join(f"{row.revision}:{row.kind}" for row in self.rows).encode()).hexdigest()[:32]


def recommendations_of(
    country: Country, *, as_of: int | None = None, moment: dt.datetime | None = None
) -> list[Comparison]:
    """Compare each pair of consecutive editions, the newest first.

    `as_of` is the publication number whose narratives are compared, `moment` the time whose confirmations count; None
    is now. Two editions on record are consecutive if none on record is between them, even if a year is missing. A
    sample narrative is of no edition.
    """
    narratives = list(
        Narrative.objects.as_of(as_of)
        .of_reports()
        .filter(country=country)
        .order_by("report_year")
        .select_related("country")
        .prefetch_related("recommendations", "sections")
    )
    rows = RecommendationMatch.objects.as_of(moment).filter(country=country).order_by("pk")
    matches = grouped(
        rows.select_related("older", "newer", "recorded_by"), lambda match: (match.older_year, match.newer_year)
    )
    editions = [
        _comparison(country, older, newer, matches.get((older.report_year, newer.report_year), []))
        for older, newer in pairwise(narratives)
    ]
    return editions[::-1]


def comparison(country: Country, older_year: int, newer_year: int) -> Comparison | None:
    """Return the current comparison of two editions, or None if they are not consecutive."""
    return next(
        (
            comparison
            for comparison in recommendations_of(country)
            if (comparison.older.report_year, comparison.newer.report_year) == (older_year, newer_year)
        ),
        None,
    )


def _is_whole(narrative: Narrative) -> bool:
    """Return True if the list of recommendations was read completely."""
    sections = [section for section in narrative.sections.all() if section.kind == "recommendations"]
    return not any(section.cut for section in sections)


def _comparison(
    country: Country, older: Narrative, newer: Narrative, matches: Sequence[RecommendationMatch]
) -> Comparison:
    old, new = list(older.recommendations.all()), list(newer.recommendations.all())
    settled = _settled(old, new, matches)
    whole = _is_whole(older), _is_whole(newer)
    rows = []
    for (old_at, new_at), match in settled.items():
        texts = _at(old, old_at), _at(new, new_at)
        rows.append((old_at, new_at, ComparedRow(0, *texts, match.kind, CONFIRMED, match.similarity, match)))
    proposals = compare(
        [Text(item.text, item.cut) for item in old],
        [Text(item.text, item.cut) for item in new],
        older_whole=whole[0],
        newer_whole=whole[1],
        settled=({at for at, _ in settled if at is not None}, {at for _, at in settled if at is not None}),
    )
    for item in proposals:
        state = OPEN if item.change is Change.OPEN else PROPOSED
        compared = ComparedRow(0, _at(old, item.older), _at(new, item.newer), item.change.value, state, item.similarity)
        rows.append((item.older, item.newer, compared))
    rows.sort(key=lambda row: (row[1] is None, row[0] if row[1] is None else row[1]))
    numbered = tuple(
        ComparedRow(number, row.older, row.newer, row.kind, row.state, row.similarity, row.match)
        for number, (_, _, row) in enumerate(rows, 1)
    )
    return Comparison(country, older, newer, old, new, *whole, numbered)


def _at(items: Sequence[Recommendation], at: int | None) -> Recommendation | None:
    return None if at is None else items[at]


Positions = tuple[int | None, int | None]


def _settled(
    old: Sequence[Recommendation], new: Sequence[Recommendation], matches: Sequence[RecommendationMatch]
) -> Mapping[Positions, RecommendationMatch]:
    """Return the confirmed matches by the positions of their texts.

    A match whose text is no longer listed is left out.
    """
    by_positions: dict[Positions, RecommendationMatch] = {}
    for match in matches:
        positions = (_position(old, match.older), _position(new, match.newer))
        if any((at is None) != (text is None) for at, text in zip(positions, (match.older, match.newer), strict=True)):
            continue
        by_positions[positions] = match
    return by_positions


def _position(items: Sequence[Recommendation], wanted: Recommendation | None) -> int | None:
    """Return the position of the same text, in this reading or a later one of the narrative."""
    if wanted is None:
        return None
    same = [at for at, item in enumerate(items) if item.pk == wanted.pk]
    same += [at for at, item in enumerate(items) if item.text == wanted.text]
    return same[0] if same else None
