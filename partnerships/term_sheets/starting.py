"""Sources of rows to start a sheet from: other partnerships, and the library of indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from partnerships.models import OfficeIndicator, Partnership
from partnerships.standard_indicators import LIBRARY


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
