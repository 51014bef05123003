"""Tiers of the TIP Report as repeated by the World Factbook: a second witness.

The profile of a country on the Watch List or on Tier 3, and from 2025 of a special case, states the tier in the
wording of the report. The `World` profile lists the countries of both lists, so that countries on neither list are
known as well. The year is read only from the text that states the tier, or from the address of the report in it,
because a snapshot mixes the statements of several years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from indicators.countries import CountryListKind, reference_index
from indicators.sources.base import FieldTally, Problem, Quality, Reading, Reason, Severity
from indicators.sources.tip_report import SPECIAL_CASE, TIER_2_WATCH_LIST, TIER_3, tier_label
from indicators.sources.world_factbook_fields import (
    NEITHER_LIST,
    NOT_LISTED,
    TIER,
    TIER_HEADING,
    TIER_KEY,
    TIER_SECTION,
)
from indicators.sources.world_factbook_text import closing_moment, field_of, plain, text_of

SOURCE_KEY = "world_factbook"
WORLD = "world/xx.json"

_STATED = re.compile(r"\W*(?P<tier>Tier 2 Watch List|Tier 1|Tier 2|Tier 3|Special Case)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"(?P<year>20\d\d)-trafficking-in-persons-report")
_LIST = re.compile(r"(Tier 2 Watch List|Tier 3) ?: ?")
_COUNT = re.compile(r"\((\d+) countries\) ?")
_YEAR = re.compile(r" ?\((\d{4})\)$")
_LISTS = (TIER_2_WATCH_LIST, TIER_3)
# The reports rank these territories as well as the states.
_RANKED_TERRITORIES = frozenset({"ABW", "CUW", "HKG", "MAC", "SXM"})


@dataclass(frozen=True, slots=True)
class CountryProfile:
    """Profile by its file, name, and code, as its readings give them."""

    member: str
    country: str
    code: str


@dataclass(slots=True)
class TierList:
    """Lists of one report year in the `World` profile: names by tier, and their locator."""

    key: str
    year: str
    names: dict[str, list[str]]
    counts: dict[str, int]

    @property
    def locator(self) -> str:
        return _locator(WORLD, self.key)

    @property
    def raw(self) -> str:
        """Return the heads of both lists as the publisher writes them, without the names."""
        counts = {tier: f" ({number} countries)" for tier, number in self.counts.items()}
        heads = [f"{tier}:{counts.get(tier, '')} …" for tier in _LISTS]
        return " ".join([*heads, *([f"({self.year})"] if self.year else [])])


@dataclass(slots=True)
class Tiers:
    """Statements of the tier, collected profile by profile; `finish` adds those of the lists."""

    readings: list[Reading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    profiles: dict[str, CountryProfile] = field(default_factory=dict)
    stated: dict[tuple[str, str], Reading] = field(default_factory=dict)
    in_profiles: FieldTally = field(
        default_factory=lambda: FieldTally(f"{TIER_SECTION} > {TIER_HEADING} > {TIER_KEY}", TIER.code, 0)
    )
    in_lists: FieldTally = field(
        default_factory=lambda: FieldTally(f"World > {TIER_SECTION} > {TIER_HEADING}, lists", TIER.code, 0)
    )
    world: Mapping[str, Any] | None = None

    def read_profile(self, profile: CountryProfile, tree: Mapping[str, Any]) -> None:
        match = reference_index().match(profile.country, profile.code, SOURCE_KEY)
        if match:
            self.profiles[match.code] = profile
        node = field_of(tree, TIER_SECTION, TIER_HEADING)
        if node is None:
            return
        self.in_profiles.carried += 1
        text, locator = plain(text_of(node.get(TIER_KEY, ""))), _locator(profile.member, TIER_KEY)
        tier, year = _STATED.match(text), _year(text)
        label = tier_label(tier["tier"]) if tier else None
        if tier is None or label not in TIER.labels:
            message = "The text does not begin with a tier."
            self._reject(Reason.UNKNOWN_LABEL, message, locator, text, profile.country)
            self.in_profiles.unread.append((profile.member, Reason.UNKNOWN_LABEL.value))
        elif year is None:
            message = f"{tier['tier']!r} is stated without a year in the text or in a report's address."
            self.in_profiles.unread.append((profile.member, Reason.UNREADABLE_YEAR.value))
            self._reject(Reason.UNREADABLE_YEAR, message, locator, text, profile.country)
        else:
            self.in_profiles.read += 1
            written, period = year
            self._add_statement(profile, label, period, locator, f"{tier['tier']} … {written}")

    def read_world(self, tree: Mapping[str, Any]) -> None:
        """Store the `World` profile until every country's profile is read."""
        self.world = field_of(tree, TIER_SECTION, TIER_HEADING)

    def finish(self) -> None:
        """Add the statements of the `World` profile's lists.

        Countries on none of the lists are added by elimination.
        """
        for tier_list in _tier_lists(self.world or {}):
            self.in_lists.carried += 1
            if self._add_list(tier_list):
                self.in_lists.read += 1
            else:
                self.in_lists.unread.append((f"{WORLD}, {tier_list.key}", Reason.UNREADABLE_YEAR.value))

    @property
    def tallies(self) -> list[FieldTally]:
        return [self.in_profiles, *([self.in_lists] if self.in_lists.carried else [])]

    def _add_list(self, tier_list: TierList) -> bool:
        if not tier_list.year:
            message = "The lists of the Watch List and Tier 3 state no year, so they were not read."
            self._reject(Reason.UNREADABLE_YEAR, message, tier_list.locator, tier_list.raw)
            return False
        codes: dict[str, tuple[str, str]] = {}
        whole = all(tier_list.names.get(tier) for tier in _LISTS)
        for tier, names in tier_list.names.items():
            if tier in tier_list.counts and tier_list.counts[tier] != len(names):
                message = f"{tier}: the text gives {tier_list.counts[tier]} countries but names {len(names)}."
                self._problem(Severity.WARNING, Reason.INCONSISTENT, message, tier_list.locator, tier_list.raw)
                whole = False
            for name in names:
                match = reference_index().match(name, "", SOURCE_KEY)
                if match:
                    codes[match.code] = (tier, name)
                else:
                    self._reject(Reason.UNKNOWN_COUNTRY, f"{tier}: {match.detail}.", tier_list.locator, name, name)
                    whole = False
        for code, (tier, name) in codes.items():
            self._add_listed(tier_list, code, tier, name)
        if whole:
            self._add_unlisted(tier_list, codes)
        else:
            message = "The lists are incomplete, so CPC draws no conclusion about countries that are not on them."
            self._problem(Severity.WARNING, Reason.INCONSISTENT, message, tier_list.locator, tier_list.raw)
        return True

    def _add_listed(self, tier_list: TierList, code: str, tier: str, name: str) -> None:
        own = self.stated.get((code, tier_list.year))
        if own is None:
            profile = self.profiles.get(code, CountryProfile(WORLD, name, ""))
            self._add_statement(
                profile, tier, tier_list.year, tier_list.locator, f"{tier} … {name} … ({tier_list.year})"
            )
        elif own.label != tier:
            message = (
                f"The World profile lists {name} under {tier}, but its own profile states {own.label}, which is used."
            )
            own.note = f"the World profile of the same edition lists it under {tier}"
            self._problem(Severity.WARNING, Reason.INCONSISTENT, message, tier_list.locator, own.raw, own.country)

    def _add_unlisted(self, tier_list: TierList, listed: Mapping[str, tuple[str, str]]) -> None:
        special = any(r.label == SPECIAL_CASE and r.period == tier_list.year for r in self.stated.values())
        label = NOT_LISTED if special else NEITHER_LIST
        rows = reference_index().rows
        for code, profile in sorted(self.profiles.items()):
            ranked = rows[code].kind is CountryListKind.STATE or code in _RANKED_TERRITORIES
            if ranked and code not in listed and (code, tier_list.year) not in self.stated:
                note = "on none of the lists of the World profile"
                self._add_statement(
                    profile, label, tier_list.year, tier_list.locator, tier_list.raw, Quality.COMPUTED, note
                )

    def _add_statement(
        self,
        profile: CountryProfile,
        label: str,
        year: str,
        locator: str,
        raw: str,
        quality: Quality = Quality.STATED,
        note: str = "",
    ) -> None:
        reading = Reading(
            TIER.code,
            profile.country,
            year,
            locator,
            label=label,
            raw=raw,
            code=profile.code,
            quality=quality,
            note=note,
        )
        self.readings.append(reading)
        match = reference_index().match(profile.country, profile.code, SOURCE_KEY)
        if match:
            self.stated[(match.code, year)] = reading

    def _reject(self, reason: Reason, message: str, locator: str, raw: str, country: str = "") -> None:
        self._problem(Severity.REJECTED, reason, message, locator, raw[:200], country)

    def _problem(
        self, severity: Severity, reason: Reason, message: str, locator: str, raw: str, country: str = ""
    ) -> None:
        self.problems.append(Problem(severity, reason, message, locator, raw=raw, country=country))


def _locator(member: str, key: str) -> str:
    return f"{member} > {TIER_SECTION} > {TIER_HEADING} > {key}"


def _year(text: str) -> tuple[str, str] | None:
    """Return the year of a statement: as it is written, and as four digits."""
    closing = closing_moment(text)
    if closing is not None and len(closing.period) == 4:
        return f"({closing.period})", closing.period
    address = _ADDRESS.search(text)
    return (address[0], address["year"]) if address else None


def _tier_lists(node: Mapping[str, Any]) -> Iterator[TierList]:
    """Yield each pair of lists in the `World` profile, from one text or from a key for each tier."""
    keyed = [(tier, f"{tier}: {plain(text_of(node[tier]))}") for tier in _LISTS if tier in node]
    texts = [(key, plain(text_of(node[key]))) for key in (TIER_KEY, "note") if key in node]
    if keyed:
        texts.append((keyed[-1][0], " ".join(text for _, text in keyed)))
    # In 2020 the key of the tier holds only the year of the lists, which are in the note.
    alone = _YEAR.fullmatch(plain(text_of(node.get(TIER_KEY, ""))))
    for key, text in texts:
        names: dict[str, list[str]] = {}
        counts: dict[str, int] = {}
        year = ""
        parts = _LIST.split(text)[1:]
        for tier, part in zip(parts[::2], parts[1::2], strict=True):
            listed = part.strip()
            # The year closes each list, or the last one for both.
            if closing := _YEAR.search(listed):
                year, listed = closing[1], listed[: closing.start()]
            if counted := _COUNT.search(listed):
                counts[tier], listed = int(counted[1]), listed[counted.end() :]
            names[tier] = [name.strip() for name in listed.split(",") if name.strip()]
        if names:
            yield TierList(key, year or (alone[1] if alone else ""), names, counts)
