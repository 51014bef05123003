"""Unsaved rows to start a sheet from: terms of another partnership, and indicators of the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from cpc.web.formats import DASH, day
from cpc.web.sheets.blocks import cell_value
from cpc.web.sheets.kinds import Sheet
from cpc.web.sheets.rows import SheetRow, new_row, saved_rows
from partnerships.models import OfficeIndicator, Partnership
from partnerships.standard_indicators import LIBRARY

NOT_COPIED = frozenset(
    {
        "number",
        "code",
        "status",
        "evidence",
        "actual_start",
        "actual_end",
        "reached_on",
        "baseline_value",
        "baseline_on",
        "baseline_source",
        "us_amount",
        "partner_amount",
        "is_lead",
    }
)
"""Columns about what happened in the other partnership, or that must differ in this one."""


def copied_rows(mine: Sheet, theirs: Sheet, source: Partnership, partnership: Partnership) -> list[SheetRow]:
    """Return the rows of another partnership as new ones. Its days move with the first day of the term.

    Contributions, amounts, targets, baselines, and progress are not copied.
    """
    shift = timedelta(0)
    if source.starts_on is not None and partnership.starts_on is not None:
        shift = partnership.starts_on - source.starts_on
    made: dict[int, SheetRow] = {}
    for row in saved_rows(theirs):
        kind = mine.kind(row.kind.key)
        if kind is None or not kind.adds or kind.key == "contribution":
            continue
        texts = {**row.cells, **{name: text for name, text in row.locked.items() if text != DASH}}
        cells = dict(kind.defaults)
        for name, column in kind.by_name.items():
            if name in NOT_COPIED or name.startswith("target_"):
                continue
            text = texts.get(name, "")
            value = cell_value(column, text)
            cells[name] = day(value + shift) if isinstance(value, date) else text
        made[id(row)] = new_row(kind, cells, made.get(id(row.parent)))
    return list(made.values())


def sources_of(partnership: Partnership) -> list[Partnership]:
    """Return the partnerships with objectives from which terms can be copied."""
    others = Partnership.objects.filter(objectives__isnull=False).exclude(pk=partnership.pk)
    return list(others.select_related("country").order_by("country__name", "pk").distinct())


def offered() -> Iterator[tuple[str, str, str]]:
    """Yield code, title, and group of each indicator of the library."""
    for entry in OfficeIndicator.objects.filter(withdrawn=False):
        yield entry.code, entry.title, "The office's own"
    for one in LIBRARY.values():
        yield one.code, one.title, "Standard" if one.source == "standard" else "Suggestions"


def library_cells(code: str) -> Mapping[str, str] | None:
    """Return the cells of a new row from an entry of the library, or None if it has no such code."""
    names = ("title", "level", "paradigm", "unit")
    entry = OfficeIndicator.objects.filter(code=code, withdrawn=False).first()
    if entry is not None:
        own = {name: str(getattr(entry, name)) for name in (*names, "measure", "direction", "accumulation")}
        return own | _marks(entry) | {"code": code, "source": "office", "definition": entry.definition}
    found = LIBRARY.get(code)
    if found is None:
        return None
    texts = {name: str(getattr(found, name)) for name in names}
    values = {name: str(getattr(found, name).value) for name in ("measure", "direction", "accumulation")}
    return texts | values | _marks(found) | {"code": code, "source": found.source}


def _marks(entry: object) -> dict[str, str]:
    return {name: "Yes" if getattr(entry, name) else "No" for name in ("by_sex", "by_age")}
