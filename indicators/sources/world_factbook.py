"""World Factbook of the CIA, from the public archive of JSON profiles.

The archive has `africa/gh.json` and 260 more. It is a zip or a folder, in the layout of 2017 and 2020 (several years
in one text, separated by ` ++ ` or ` / `) and in that of 2022 to 2026 (a key for each year). Profiles mix the two, so
every field is checked for both layouts (`world_factbook_profile`), and the profiles with each field, and how far it
was read, are counted. Only figures for the whole population are read. The file's name is a FIPS 10-4 code, passed on
as `GEC:gh`, so that name and code check each other. The tiers of the TIP Report that profiles repeat are in
`world_factbook_tiers`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from indicators.sources.base import (
    IndicatorSpec,
    Problem,
    ReadResult,
    Reason,
    Recognition,
    Severity,
    SourceSpec,
)
from indicators.sources.checks import unknown_layout
from indicators.sources.dating import Dating
from indicators.sources.documents import Document, Media, parse_json
from indicators.sources.world_factbook_fields import INDICATORS, Field, Read, tallies, unknown_headings
from indicators.sources.world_factbook_profile import Profile
from indicators.sources.world_factbook_text import MONTHS
from indicators.sources.world_factbook_tiers import WORLD, CountryProfile, Tiers

SOURCE = SourceSpec(
    key="world_factbook",
    title="The World Factbook",
    publisher="Central Intelligence Agency",
    license="U.S. Government work, public domain",
    attribution="Central Intelligence Agency, The World Factbook",
    homepage="https://www.cia.gov/the-world-factbook/",
    cadence_months=None,
    note="The publisher ended the Factbook in February 2026; there will be no new editions.",
    dating=Dating(
        "A snapshot is dated by its name; a value counts as published by the end of the year after its own.",
        years_after=1,
        edition_years_after=0,
        editions={"2026": date(2026, 2, 28)},
    ),
)

_MEMBER = re.compile(r"(?:.*/)?(?P<short>(?P<region>[a-z-]+)/(?P<code>[a-z]{2})\.json)")
_REGIONS = frozenset(
    {"africa", "antarctica", "australia-oceania", "central-america-n-caribbean", "central-asia", "europe"}
    | {"east-n-southeast-asia", "middle-east", "north-america", "south-america", "south-asia"}
)
_NAME_DATE = re.compile(r"(?<!\d)(?P<year>20\d\d)(?:-(?P<month>0[1-9]|1[0-2]))?(?!\d)")
_IN_OFFICE = re.compile(rf"since (?:\d{{1,2}} )?({'|'.join(MONTHS)}) (20\d\d)")


class WorldFactbook:
    key = "world_factbook"
    source = SOURCE
    indicators: Sequence[IndicatorSpec] = INDICATORS

    def recognize(self, document: Document) -> Recognition | None:
        """Claim a zip or folder with profiles in the Factbook's regional folders."""
        if document.media not in (Media.ZIP, Media.FOLDER):
            return None
        profiles = [m for m in document.members if (match := _MEMBER.fullmatch(m)) and match["region"] in _REGIONS]
        if not profiles:
            return None
        tree = parse_json(document.member(profiles[0]), profiles[0])
        if not isinstance(tree, dict) or not {"Geography", "Government"} <= tree.keys():
            return None
        edition, where = _edition(document)
        return Recognition(edition, f"{len(profiles)} country profiles, edition {edition or 'unknown'} from {where}")

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read all profiles.

        Raises `UnreadableFile` if there is none, or the edition is not known.
        """
        edition = edition or _edition(document)[0]
        dated = _edition_date(document, edition)
        result = ReadResult(edition, int(dated["year"]) * 10_000 + int(dated["month"] or 0) * 100)
        yearly = False
        tiers = Tiers()
        outcomes: dict[Field, list[Read]] = {}
        unknown: dict[str, list[str]] = {}
        for member in sorted(m for m in document.members if m.endswith(".json")):
            match = _MEMBER.fullmatch(member)
            tree = parse_json(document.member(member), member)
            name = _country_name(tree) if match and match["region"] in _REGIONS else None
            if match is not None and match["short"] == WORLD and isinstance(tree, dict):
                tiers.read_world(tree)
                continue
            if match is None or name is None:
                result.problems.append(_no_country(match["short"] if match else member))
                continue
            profile = Profile(match["short"], name, f"GEC:{match['code']}", tree, dated["year"])
            profile.read()
            result.rows_read += 1
            result.readings += profile.readings
            result.problems += profile.problems
            yearly |= profile.yearly_keys
            tiers.read_profile(CountryProfile(profile.member, profile.country, profile.code), tree)
            for field, (outcome, why) in profile.outcomes.items():
                outcomes.setdefault(field, []).append((profile.member, outcome, why))
            for path in unknown_headings(tree):
                unknown.setdefault(path, []).append(profile.member)
        if not result.rows_read:
            raise unknown_layout(
                document,
                "contains no country profile",
                "Upload the archive with its regional folders (africa/gh.json and so on).",
            )
        tiers.finish()
        result.readings += tiers.readings
        result.problems += [*tiers.problems, *(_unknown_heading(path, unknown[path]) for path in sorted(unknown))]
        result.fields = [*tallies(outcomes, unknown), *tiers.tallies]
        result.layout = "a key for each year" if yearly else "several years in one text"
        return result


WORLD_FACTBOOK = WorldFactbook()


def _edition(document: Document) -> tuple[str, str]:
    """Return the edition and its origin: the file's name, else the newest month of a start in office."""
    if named := _NAME_DATE.search(document.name):
        return named[0], "the file's name"
    newest = (0, 0)
    for member in filter(_MEMBER.fullmatch, document.members):
        for month, year in _IN_OFFICE.findall(document.member(member).decode("utf-8", "replace")):
            newest = max(newest, (int(year), MONTHS.index(month) + 1))
    return (f"{newest[0]}-{newest[1]:02}" if newest[0] else ""), "the newest date of office in it"


def _edition_date(document: Document, edition: str) -> re.Match[str]:
    """Return the year and the month of an edition. Raises `UnreadableFile` if it names no year."""
    dated = _NAME_DATE.search(edition)
    if dated is None:
        raise unknown_layout(
            document,
            "does not show its year",
            "When you upload it, enter the edition, for example 2017-03, or put it in the file's name.",
        )
    return dated


def _country_name(tree: Any) -> str | None:
    """Return the conventional short form of a country's name.

    Without one, the long form, then any short form, then "". The result is None for an entry that is no country: the
    European Union has no `Country name`.
    """
    government = tree.get("Government") if isinstance(tree, dict) else None
    names = government.get("Country name") if isinstance(government, dict) else None
    if not isinstance(names, Mapping) or "count" in names:
        return None
    keys = ["conventional short form", "conventional long form", *(k for k in names if k.endswith("short form"))]
    for key in keys:
        text = names[key].get("text", "") if isinstance(names.get(key), dict) else ""
        if text and text.strip().casefold() != "none":
            return str(text)
    return ""


def _no_country(member: str) -> Problem:
    message = f"{member} is not a country profile and was left out."
    return Problem(Severity.NOTE, Reason.NOT_A_COUNTRY, message, member)


def _unknown_heading(path: str, members: list[str]) -> Problem:
    message = f"This reader does not know the heading {path!r}; nothing was read from it in {len(members)} profiles."
    return Problem(Severity.REJECTED, Reason.UNKNOWN_HEADING, message, f"{members[0]} > {path}", rows=len(members))
