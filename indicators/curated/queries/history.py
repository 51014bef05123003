"""Versions of a program or plan, which is replaced and never edited."""

from __future__ import annotations

from typing import TypeVar

from indicators.models import NationalPlan, USGProgram

Row = TypeVar("Row", USGProgram, NationalPlan)


def history_of(row: Row, *related: str) -> list[Row]:
    """Return all versions, this one included, from the newest to the first; `related` is read with each."""
    rows = type(row)._default_manager
    newest = row
    while (later := rows.filter(replaces=newest).first()) is not None:
        newest = later
    versions = [newest]
    while (earlier := versions[-1].replaces_id) is not None:
        versions.append(rows.select_related("recorded_by", "superseded_by", *related).get(pk=earlier))
    return versions
