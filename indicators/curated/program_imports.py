"""Import of programs of U.S. agencies: stage, compare, publish, and take back.

A row of the file replaces the record of its program: country, agency, and title identify it, ignoring case. Programs
that the file does not name stay as they are. An import is published as a whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cpc.web import formats
from indicators.models import Country, Import, ImportState, Publication, StagedProgram, USGProgram, USGProgramStatement
from indicators.sources.base import ProgramReading

STATED: Mapping[str, str] = {
    "agency": "Agency",
    "agency_code": "Short name of the agency",
    "title": "Title",
    "sector": "Sector",
    "implementer": "Implementer",
    "starts_on": "First day",
    "ends_on": "Last day",
    "amount": "Amount",
    "source": "Source",
    "source_url": "Address of the source",
    "assessment": "Overlap and complementarity",
}
"""Fields of a program that a row of the file states, with their labels in the preview."""

Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """Staged program beside its live record.

    `changes` are (label, before, after) of each difference.
    """

    status: str
    locator: str
    program: USGProgram
    current: USGProgram | None
    changes: tuple[tuple[str, Any, Any], ...] = ()


def key_of(country_id: int, agency: str, title: str) -> Key:
    return country_id, agency.lower(), title.lower()


def stage(batch: Import, programs: Iterable[tuple[ProgramReading, int]]) -> None:
    """Write the programs whose country was found to the staging table."""
    StagedProgram.objects.bulk_create(
        StagedProgram(batch=batch, country_id=country_id, locator=reading.locator, content=_content(reading))
        for reading, country_id in programs
    )


def _content(reading: ProgramReading) -> dict[str, str]:
    values = dict(reading.values)
    return {
        "agency": reading.agency,
        "title": reading.title,
        "sector": reading.sector,
        "amount": values.pop("amount_usd"),
        **values,
    }


def counts(batch: Import) -> dict[str, int]:
    """Count the new, changed, and unchanged staged programs.

    `programs` is their total. The result is empty if there are none.
    """
    counted = rows(batch)
    if not counted:
        return {}
    numbers = {status: sum(row.status == status for row in counted) for status in ("new", "changed", "unchanged")}
    return numbers | {"programs": len(counted)}


def rows(batch: Import, *, status: str = "", country: str = "") -> list[ProgramRow]:
    """Return the staged programs in the file's order.

    `status` and a part of the country's name limit them.
    """
    staged = list(StagedProgram.objects.filter(batch=batch).select_related("country"))
    current = _current_programs(item.country for item in staged)
    compared = [_row(item, current) for item in staged]
    wanted = country.casefold()
    return [
        row
        for row in compared
        if (not status or row.status == status) and wanted in row.program.country.name.casefold()
    ]


def _current_programs(countries: Iterable[Country]) -> dict[Key, USGProgram]:
    live = USGProgram.objects.live().filter(country__in={country.pk for country in countries})
    return {key_of(p.country_id, p.agency, p.title): p for p in live.select_related("country")}


def _row(item: StagedProgram, current: dict[Key, USGProgram]) -> ProgramRow:
    program = _program(item)
    recorded = current.get(key_of(item.country_id, program.agency, program.title))
    if recorded is None:
        return ProgramRow("new", item.locator, program, None)
    changes = tuple(
        (label, format_field(recorded, name), format_field(program, name))
        for name, label in STATED.items()
        if getattr(recorded, name) != getattr(program, name)
    )
    return ProgramRow("changed" if changes else "unchanged", item.locator, program, recorded, changes)


def format_field(program: USGProgram, name: str) -> Any:
    value = getattr(program, name)
    if name == "sector":
        return program.get_sector_display()
    if isinstance(value, Decimal):
        return formats.dollars(value)
    return formats.day(value) if isinstance(value, dt.date) else value


def _program(item: StagedProgram) -> USGProgram:
    content = item.content
    return USGProgram(
        country=item.country,
        locator=item.locator,
        agency=content["agency"],
        agency_code=content["agency_code"],
        title=content["title"],
        sector=content["sector"],
        implementer=content["implementer"],
        starts_on=_day(content["starts_on"]),
        ends_on=_day(content["ends_on"]),
        amount=Decimal(content["amount"]) if content["amount"] else None,
        source=content["source"],
        source_url=content["source_url"],
        assessment=content["assessment"],
    )


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def publish(batch: Import, publication: Publication) -> None:
    """Record the file's programs.

    New rows are added, changed ones replaced, and the file is noted for unchanged ones.
    """
    statements = []
    for row in rows(batch):
        program = row.current
        if row.status != "unchanged":
            if row.current is not None:
                close(row.current, publication, f"Replaced by import {batch.pk}")
                row.program.document = row.current.document  # the form has no documents
            program = _record(row.program, batch, publication, row.current)
        assert program is not None
        statements.append(USGProgramStatement(program=program, batch=batch, locator=row.locator))
    USGProgramStatement.objects.bulk_create(statements)


def _record(program: USGProgram, batch: Import, publication: Publication, replaces: USGProgram | None) -> USGProgram:
    program.batch = batch
    program.recorded_at = publication.at
    program.recorded_by = publication.actor
    program.replaces = replaces
    program.save(force_insert=True)
    return program


def close(program: USGProgram, publication: Publication, reason: str) -> None:
    USGProgram.objects.filter(pk=program.pk).update(
        superseded_at=publication.at, superseded_by=publication.actor, superseded_reason=reason[:300]
    )


def retract(batch: Import, publication: Publication) -> int:
    """Close the rows that rest on this file, and return their number.

    A program that another published file also states is restated on that file. Otherwise the version it had replaced
    returns, if that was recorded by hand or comes from a file that is still published.
    """
    mine = list(USGProgram.objects.live().filter(batch=batch).select_related("country", "replaces"))
    for program in mine:
        close(program, publication, f"Import {batch.pk} was taken back: {publication.reason}")
        other = (
            program.statements.filter(batch__state=ImportState.PUBLISHED).exclude(batch=batch).order_by("-id").first()
        )
        if other is not None:
            _restate(program, other.batch, other.locator, program, publication)
        elif (before := _version_to_restore(program)) is not None:
            _restate(before, before.batch, before.locator, program, publication)
    return len(mine)


def _version_to_restore(program: USGProgram) -> USGProgram | None:
    """Return the nearest replaced version that may be restated.

    It was recorded by hand, or its import is still published.
    """
    before = program.replaces
    while before is not None:
        if before.batch is None or before.batch.state == ImportState.PUBLISHED:
            return before
        before = before.replaces
    return None


def _restate(
    program: USGProgram, batch: Import | None, locator: str, replaces: USGProgram, publication: Publication
) -> None:
    again = USGProgram(country=program.country, batch=batch, locator=locator, document=program.document)
    for name in STATED:
        setattr(again, name, getattr(program, name))
    again.recorded_at = publication.at
    again.recorded_by = publication.actor
    again.replaces = replaces
    again.save(force_insert=True)
    if batch is not None:
        USGProgramStatement.objects.create(program=again, batch=batch, locator=locator)
