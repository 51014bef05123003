"""Lookup of countries by a publisher's name and code, exact after normalizing.

Names match by explicit aliases, never by similarity. The countries and the aliases are data
(`reference/countries.csv`, `reference/aliases.csv`). `code` is ISO 3166 alpha-3; Kosovo is XKX; an area without a
code is `X-` and capitals (X-TIBET); a former state keeps its withdrawn alpha-3 (SUN) where ISO 3166-3 lists one.

`kind` is `state` for the 193 members of the United Nations, the Holy See, Kosovo, and Taiwan: the 195 countries
of Freedom House and the Holy See, which are also all the states the TIP Report ranks. Everything else with a row
of its own in a publisher's file is a `territory` (Hong Kong, Aruba, and others the TIP Report ranks as well; West
Bank and Gaza, whole and in its parts). A `former` state names in `successor` the one state that continues or absorbed
it, and nothing if it dissolved into several. `region` is the geography of the State Department's regional bureaus,
empty for the two Antarctic territories; `gec` is the code that FIPS 10-4 gave and the World Factbook uses.
"""

from __future__ import annotations

import csv
import enum
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).resolve().parent / "reference"

TERRITORY = "territory"
"""Code for a row that the publisher lists as a territory, not as a country."""

# Publishers write all of these for one apostrophe: straight and curly quotes, modifier letters, accents, prime.
_APOSTROPHES = dict.fromkeys((0x27, 0x2018, 0x2019, 0x201B, 0x02BB, 0x02BC, 0x60, 0xB4, 0x2032))
_NOT_WORD = re.compile(r"[\W_]+")
_ABSENT = frozenset({"", "none", "null"})  # the Factbook writes "none" where there is no short form


class CountryListKind(enum.StrEnum):
    """Kind of a country in `countries.csv`; the module's docstring defines each."""

    STATE = "state"
    TERRITORY = "territory"
    FORMER = "former"


class Failure(enum.StrEnum):
    UNKNOWN = "unknown"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class CountryRow:
    code: str
    iso2: str
    iso3: str
    numeric: str
    gec: str
    name: str
    short_name: str
    region: str
    kind: CountryListKind
    successor: str


@dataclass(frozen=True, slots=True)
class Alias:
    """One line of `aliases.csv`: a publisher's name or code.

    A `source` limits it to the files of that source.
    """

    text: str
    code: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Result of looking up one row: `code`, or `failure` with a sentence in `detail` on what to do."""

    code: str = ""
    failure: Failure | None = None
    detail: str = ""

    def __bool__(self) -> bool:
        return self.failure is None


@cache
def normalize(text: str) -> str:
    """Normalize a name for comparison.

    The result is in lower case, without accents, apostrophes, entities, punctuation, and a leading "the"; "&" is
    "and".
    """
    plain = html.unescape(text).replace("&", " and ").translate(_APOSTROPHES)
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", plain.casefold()).strip().removeprefix("the ")


class CountryIndex:
    """Lookup of a country by the publisher's name and code.

    Raises `ValueError` if an alias points to no listed country, or two countries share a name or a code.
    """

    def __init__(self, rows: Iterable[CountryRow], aliases: Iterable[Alias] = ()) -> None:
        self.rows: dict[str, CountryRow] = {row.code: row for row in rows}
        self._codes: dict[str, str] = {}
        self._names: dict[str, set[str]] = {}
        self._aliases: dict[tuple[str, str], set[str]] = {}
        for row in self.rows.values():
            for text in (row.name, row.short_name):
                self._names.setdefault(normalize(text), set()).add(row.code)
            gec = f"GEC:{row.gec}" if row.gec else ""
            for code in filter(None, {row.code, row.iso3, row.iso2, row.numeric, gec}):
                if self._codes.setdefault(code, row.code) != row.code:
                    raise ValueError(f"{code} is a code of both {self._codes[code]} and {row.code}")
        shared = [name for name, codes in self._names.items() if len(codes) > 1]
        if shared:
            raise ValueError(f"more than one country is called {', '.join(sorted(shared))}")
        for alias in aliases:
            if alias.code not in self.rows:
                raise ValueError(f"the alias {alias.text!r} points to {alias.code}, which is not a listed country")
            self._aliases.setdefault((alias.source, normalize(alias.text)), set()).add(alias.code)

    def match(self, name: str, code: str = "", source: str = "") -> Match:
        """Find the country of a row.

        If `name` is given, it must be known: a code alone does not confirm an unknown name. A name that several
        countries share ("Congo") needs the code. `code` may be ISO alpha-2, alpha-3, or numeric, a code listed as an
        alias, `GEC:` and a FIPS 10-4 code, or `TERRITORY`. An alias of `source` takes precedence.
        """
        named = self._by_name(name, source)
        blank = normalize(name) in _ABSENT
        if code.strip().casefold() == TERRITORY:
            return self._territory(name, named, source)
        coded = self._by_code(code, source)
        if blank:
            unnamed = f"the row has no name, and no country has the code {code!r}"
            return Match(coded) if coded else Match("", Failure.UNKNOWN, unnamed)
        if not named:
            hint = f"; the code {code} is {self.rows[coded].name}" if coded else ""
            return Match("", Failure.UNKNOWN, f"no country is listed as {name!r}{hint}")
        if not coded:
            return self._single(name, named) if normalize(code) in _ABSENT else self._unknown_code(name, code, named)
        if coded in named:
            return Match(coded)
        names = " or ".join(self.rows[c].name for c in sorted(named))
        return Match("", Failure.CONFLICT, f"the name {name!r} is {names}, the code {code} is {self.rows[coded].name}")

    def named(self, name: str) -> frozenset[str]:
        """Return the countries that have this name themselves, leaving aliases out."""
        return frozenset(self._names.get(normalize(name), ()))

    def spellings(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Return every normalized name and alias with its countries, including one source's aliases."""
        for name, codes in self._names.items():
            yield name, frozenset(codes)
        for (_, name), codes in self._aliases.items():
            yield name, frozenset(codes)

    def _by_name(self, name: str, source: str) -> set[str]:
        key = normalize(name)
        own = self._aliases.get((source, key)) if source else None
        return own or self._names.get(key, set()) | self._aliases.get(("", key), set())

    def _by_code(self, code: str, source: str) -> str:
        text = code.strip().upper()
        if not text:
            return ""
        key = normalize(text)
        own = self._aliases.get((source, key), set()) if source else set()
        if len(own) == 1:
            return next(iter(own))
        listed = self._aliases.get(("", key), set())
        return self._codes.get(text) or (next(iter(listed)) if len(listed) == 1 else "")

    def _single(self, name: str, named: set[str]) -> Match:
        if len(named) == 1:
            return Match(next(iter(named)))
        names = " or ".join(self.rows[c].name for c in sorted(named))
        return Match("", Failure.UNKNOWN, f"{name!r} could mean {names}; add the code")

    def _unknown_code(self, name: str, code: str, named: set[str]) -> Match:
        names = " or ".join(self.rows[c].name for c in sorted(named))
        return Match("", Failure.CONFLICT, f"the name {name!r} is {names}, but no country has the code {code!r}")

    def _territory(self, name: str, named: set[str], source: str) -> Match:
        """Match a row listed as a territory.

        It matches a state only if an alias of the source names that state.
        """
        if not named:
            return Match("", Failure.UNKNOWN, f"no territory is listed as {name!r}")
        match = self._single(name, named)
        if (
            not match
            or self.rows[match.code].kind is not CountryListKind.STATE
            or (source, normalize(name)) in self._aliases
        ):
            return match
        state = self.rows[match.code].name
        return Match("", Failure.CONFLICT, f"{name!r} is listed as a territory, but {state} is a state")


@cache
def countries() -> tuple[CountryRow, ...]:
    """Return every state, territory, and former state of `countries.csv`, each sorted by code."""
    with (REFERENCE / "countries.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(
            CountryRow(**{**line, "kind": CountryListKind(line["kind"])})  # type: ignore[arg-type]  # every other column is text
            for line in csv.DictReader(handle)
        )


@cache
def region_names() -> tuple[str, ...]:
    return tuple(sorted({row.region for row in countries() if row.region}))


@cache
def aliases() -> tuple[Alias, ...]:
    with (REFERENCE / "aliases.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(Alias(line["name_or_code"], line["code"], line["source"]) for line in csv.DictReader(handle))


@cache
def reference_index() -> CountryIndex:
    return CountryIndex(countries(), aliases())


def country_named(text: str) -> str:
    """Return the code of the country with this name, alias, or ISO code.

    The result is "" if there is none, or more than one.
    """
    index = reference_index()
    match = index.match(text.strip()) or index.match("", code=text.strip().upper())
    return match.code if match else ""
