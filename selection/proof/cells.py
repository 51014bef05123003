"""Cells behind every number of a run: the publisher's file, the cell in it, the raw text, and the value taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indicators.models import Observation
from indicators.queries import Known, known_values, regions
from selection.model_definition.criteria_table import ModelTable, Stage
from selection.models import Rating, ScoreRun
from selection.pool_rules.pools import PoolInputs
from selection.scoring_inputs.cells import Selection, by_indicator, is_usable
from selection.scoring_inputs.question import UNPUBLISHED, rated_by_key
from selection.scoring_inputs.screening import (
    REGION,
    indicators_of,
    newest_by_country,
    newest_of_series,
    select,
)

VALUE, SERIES, GROUPING = "value", "series", "grouping"
"""Uses of a cell: the criterion's own value, one series of its estimate, or the label of a group of countries."""

CELL_COLUMNS = (
    "use",
    "criterion",
    "series",
    "country",
    "value",
    "label",
    "standard_error",
    "year",
    "period",
    "quality",
    "published_on",
    "raw_text",
    "locator",
    "file",
    "file_sha256",
    "edition",
    "publisher",
    "source",
    "indicator",
    "observation",
)


@dataclass(frozen=True)
class Read:
    """Input of a run: its table, the selection of cells, and every known value by indicator."""

    run: ScoreRun
    table: ModelTable
    stage: Stage
    selection: Selection
    known: Mapping[str, Sequence[Known]]


def read_again(run: ScoreRun) -> Read:
    """Read the data of a run as it was known then."""
    table, stage, inputs = ModelTable.from_dict(run.table), Stage(run.stage), run.inputs
    known = by_indicator(known_values(indicators_of(table, stage), as_of=run.as_of, published_by=run.reference_date))
    selection = select(
        table,
        stage,
        as_of=run.as_of,
        on=run.reference_date,
        inputs=PoolInputs.from_dict(inputs["pool"]),
        candidates=frozenset(inputs["candidates"]) if "candidates" in inputs else None,
        ratings=rated_by_key(inputs["ratings"]) if "ratings" in inputs else None,
        listed_regions=inputs.get("regions"),
        unpublished={(stated["indicator"], stated["edition"]) for stated in inputs.get(UNPUBLISHED, ())},
        known=known,
    )
    return Read(run, table, stage, selection, known)


def cell_rows(read: Read) -> list[dict[str, Any]]:
    """Return one row for each number or label that the run read, in a fixed order."""
    taken = list(_taken(read))
    keys = {value.observation_id for *_, value in taken if isinstance(value, Known)}
    found = {row.pk: row for row in _observations(keys)}
    rows = [_row(use, key, series, country, value, found) for use, key, series, country, value in taken]
    return sorted(rows, key=lambda row: (row["use"], row["criterion"], row["series"], row["country"]))


def _observations(keys: set[int]) -> Iterator[Observation]:
    rows = Observation.objects.filter(pk__in=keys).select_related("indicator__source", "file")
    return rows.iterator(chunk_size=5000)


def _taken(read: Read) -> Iterator[tuple[str, str, str, str, Known | str]]:
    """Yield use, criterion or grouping, series, country, and the value; a text is a label of the list of countries."""
    for row in read.table.rows(read.stage):
        for country, cell in read.selection.cells[row.key].items():
            if cell.used is not None:
                yield VALUE, row.key, "", country, cell.used
        for part in row.series_rows:
            for country, value in newest_of_series(part, read.known).items():
                yield SERIES, row.key, part["key"], country, value
    countries = set(read.selection.snapshot.countries)
    for name, indicator in read.table.groupings.items():
        of_region = name == REGION
        values = known_values([indicator], as_of=read.run.as_of) if of_region else read.known.get(indicator, ())
        stated = newest_by_country(value for value in values if value.label and is_usable(value))
        if of_region:
            published = {c for c, region in regions(as_of=read.run.as_of).items() if region.observation_id is not None}
            listed = read.run.inputs.get("regions", {})
            yield from (
                (GROUPING, name, "", c, label) for c, label in listed.items() if c in countries and c not in published
            )
        yield from ((GROUPING, name, "", country, value) for country, value in stated.items() if country in countries)


def _row(
    use: str, key: str, series: str, country: str, value: Known | str, found: Mapping[int, Observation]
) -> dict[str, Any]:
    row = dict.fromkeys(CELL_COLUMNS, "")
    row |= {"use": use, "criterion": key, "series": series, "country": country}
    if isinstance(value, str):
        return row | {"label": value, "source": "List of countries of this installation"}
    published = found[value.observation_id]
    return row | {
        "value": number(value.value),
        "label": value.label,
        "standard_error": number(value.standard_error),
        "year": str(value.year),
        "period": value.period,
        "quality": value.quality,
        "published_on": value.published_on.isoformat() if value.published_on else "",
        "raw_text": published.raw_text,
        "locator": published.locator,
        "file": published.file.name,
        "file_sha256": published.file.sha256,
        "edition": published.edition,
        "publisher": published.indicator.source.publisher,
        "source": published.indicator.source.title,
        "indicator": value.indicator,
        "observation": str(value.observation_id),
    }


def number(value: float | None) -> str:
    """Return a number so that reading it gives the same bits; "" for None."""
    return "" if value is None else repr(value)


def file_rows(cells: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one row for each publisher's file that a cell names, with its license."""
    names = {(row["file_sha256"], row["source"], row["edition"]) for row in cells if row["file_sha256"]}
    keys = {int(row["observation"]) for row in cells if row["observation"]}
    files = {published.file.sha256: published for published in _observations(keys)}
    rows = []
    for sha256, source, edition in sorted(names):
        published = files[sha256]
        origin = published.indicator.source
        rows.append(
            {
                "publisher": origin.publisher,
                "source": source,
                "edition": edition,
                "file": published.file.name,
                "sha256": sha256,
                "bytes": str(published.file.size or ""),
                "license": origin.license,
                "attribution": origin.attribution,
                "homepage": origin.homepage,
            }
        )
    return rows


def rating_keys(run: ScoreRun) -> set[int]:
    """Return the keys of the ratings that counted."""
    return {key for countries in run.inputs.get("ratings", {}).values() for rows in countries.values() for key in rows}


def rating_rows(run: ScoreRun) -> list[dict[str, Any]]:
    """Return one row for each rating that counted. Raters have numbers, in the order of their first rating."""
    ratings = list(Rating.objects.filter(pk__in=rating_keys(run)).select_related("candidate__country").order_by("pk"))
    numbers = {rater: number for number, rater in enumerate(dict.fromkeys(row.rater_id for row in ratings), 1)}
    return [
        {
            "criterion": row.criterion,
            "country": row.candidate.country.code,
            "rater": f"Rater {numbers[row.rater_id]}",
            "step": row.step,
            "day": row.at.date().isoformat(),
            "rating": row.pk,
        }
        for row in sorted(ratings, key=lambda row: (row.criterion, row.candidate.country.code, row.pk))
    ]
