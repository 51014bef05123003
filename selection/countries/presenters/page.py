"""Template context of a country's page, for a run that scores it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cpc.web import charts, formats
from indicators.models import Country
from indicators.queries import Witness
from selection.countries.presenters import all_in as all_in_presenters
from selection.countries.presenters import doubt as doubt_presenters
from selection.countries.presenters import value_use as value_use_presenters
from selection.countries.presenters import verdict as verdict_presenters
from selection.countries.queries.country import CountryPage
from selection.countries.queries.screen import Screen
from selection.models import CountryStatus
from selection.runs import labels

WIDEST = 6
"""Largest number of ranges of values that the page lists."""

Mark = tuple[str, str, str]


def screen_context(page: CountryPage, screen: Screen, witnesses: Mapping[int, Witness]) -> dict[str, Any]:
    ranges = doubt_presenters.ranges(screen)
    return {
        "screen": screen,
        "finding": verdict_presenters.finding(screen),
        "verdict": verdict_presenters.verdict(screen),
        "facts": verdict_presenters.facts(screen),
        "axes": doubt_presenters.axes(screen),
        "neighbors": doubt_presenters.neighbors(screen),
        "findings": all_in_presenters.findings(screen),
        "doubt": doubt_presenters.doubt(screen),
        "ranges": [one for one in ranges if one.width][:WIDEST],
        "changes": doubt_presenters.changes(screen),
        "parts": value_use_presenters.parts(page.groups, screen, witnesses),
        "marks": marks(page, screen),
        "beside_map": beside_map(screen),
        "ranges_span": 12 if screen.score.rank is None else 5,
    }


def marks(page: CountryPage, screen: Screen) -> list[Mark]:
    score = screen.score
    quality = labels.QUALITY[score.tier_quality].lower().replace("unconfirmed", "not confirmed") if score.tier else ""
    corruption = page.row.hurdles.get("corruption") if page.row else None
    found: list[Mark] = []
    if score.status != CountryStatus.RANKED:
        found.append(("unknown", CountryStatus(score.status).label, ""))
    if score.tier:
        found.append(("none", ", ".join(filter(None, (score.tier, quality))), "label"))
    if score.income:
        found.append(("none", labels.income(score.income), "assessment"))
    if screen.terms:
        term = screen.terms[-1]
        years = f"{term.start.year} to {term.end.year}" if term.end else str(term.start.year)
        when = f"since {term.start.year}" if term.holds(screen.run.reference_date) else years
        found.append(("info", f"Partner {when}", "history"))
    if screen.admission is not None:
        found.append(("info", f"Admitted until {formats.day(screen.admission.until)}", "flag"))
    if corruption is not None:
        result = labels.lowered(labels.chance(corruption))
        found.append((labels.CHANCE_MARKS[corruption.kind], f"Corruption hurdle: {result}", ""))
    return found


def beside_map(screen: Screen) -> list[tuple[str, str, bool]]:
    """Return the facts under the map: partnership, admission, and old data.

    Each fact is a label, a text, and whether it is about a partnership.
    """
    on = screen.run.reference_date
    found = []
    for term in screen.terms:
        ends = f" to {formats.day(term.end)}" if term.end else ""
        found.append(("In partnership" if term.holds(on) else "Partner", f"{formats.day(term.start)}{ends}", True))
    if not screen.terms:
        found.append(("Partner", "None on record", False))
    if screen.admission is not None:
        found.append(("Admitted", screen.admission.why, False))
    old = [
        f"{value_use_presenters.named(screen.table.row(key))} of {max(years)}"
        for key, line in screen.lines.items()
        if (line["estimate"]["age"] or 0) > value_use_presenters.OLD
        and (years := [one.observation.year for one in screen.statements.get(key, ()) if one.is_used])
    ]
    found.append(("Old values", formats.listing(old)[:1].upper() + formats.listing(old)[1:] if old else "None", False))
    return found


def locator(country: Country, names_by_code: Mapping[str, tuple[str, str]]) -> charts.Locator:
    """Draw the map around a country; `places` are ISO number and name of all countries by code."""
    names = {charts.shape_key(numeric, code): name for code, (numeric, name) in names_by_code.items()}
    return charts.locator("where", country.name, charts.shape_key(country.numeric, country.code), names)
