"""Contract of adapters: recognize a publisher's file, and read its values.

An adapter turns a `Document` into a `ReadResult`. It never touches the database, never guesses a
country, and never drops a row without a record: an unreadable cell becomes a `Problem` with its
locator and the remedy. Matching countries, comparing with live values, and publishing belong to
`indicators.imports`.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from indicators.sources.dating import Dating

if TYPE_CHECKING:
    from indicators.sources.documents import Document


class BetterDirection(enum.IntEnum):
    """Better end of the publisher's scale, as an adapter declares it; 0 if the publisher names none.

    `migrate` stores it as `indicators.models.Direction`, which adapters can't import: they are free of Django.
    """

    HIGHER = 1
    LOWER = -1
    NEITHER = 0


class Missing(enum.StrEnum):
    """Reason that a publisher shows no value. An unknown value is never a zero."""

    NOT_COLLECTED = "not_collected"
    NOT_YET_PUBLISHED = "not_yet_published"
    SUPPRESSED = "suppressed"
    NOT_APPLICABLE = "not_applicable"
    SPECIAL_CASE = "special_case"
    STALE = "stale"


class Quality(enum.StrEnum):
    """Quality of a value as stated by the publisher or the compiler of the file."""

    STATED = "stated"
    UNCONFIRMED = "unconfirmed"
    INFERRED = "inferred"
    ESTIMATED = "estimated"
    COMPUTED = "computed"


class Severity(enum.StrEnum):
    """Severity of a problem.

    `REJECTED` rows stay out; a `WARNING` publishes and is shown; a `NOTE` explains a left-out line.
    """

    REJECTED = "rejected"
    WARNING = "warning"
    NOTE = "note"


class Reason(enum.StrEnum):
    """Closed list of reasons for a problem with a row.

    Each has a remedy in `REMEDIES`.
    """

    UNKNOWN_COUNTRY = "unknown_country"
    COUNTRY_CONFLICT = "country_conflict"
    UNREADABLE_NUMBER = "unreadable_number"
    UNREADABLE_YEAR = "unreadable_year"
    UNKNOWN_LABEL = "unknown_label"
    UNKNOWN_COLUMN = "unknown_column"
    OUT_OF_RANGE = "out_of_range"
    DUPLICATE_KEY = "duplicate_key"
    INCONSISTENT = "inconsistent"
    LARGE_CHANGE = "large_change"
    NOT_A_COUNTRY = "not_a_country"
    MAPPED_NAME = "mapped_name"
    FORMER_STATE = "former_state"
    TRUNCATED = "truncated"
    NO_VALUE = "no_value"
    EMPTY_CELL = "empty_cell"
    TOO_LONG = "too_long"
    UNREADABLE_DATE = "unreadable_date"
    FORMULA = "formula"
    UNKNOWN_HEADING = "unknown_heading"
    UNREADABLE_FILE = "unreadable_file"


REMEDIES: Mapping[Reason, str] = {
    Reason.UNKNOWN_COUNTRY: "Check the spelling in the file, or map the name to a country.",
    Reason.COUNTRY_CONFLICT: "The name and code mean different countries. Correct one of them in the file.",
    Reason.UNREADABLE_NUMBER: "Enter a plain number, or leave the cell empty if there is no value.",
    Reason.UNREADABLE_YEAR: "Enter the year of the value as four digits.",
    Reason.UNKNOWN_LABEL: "Use one of the publisher's labels. To add a new one, ask for an update of the reader.",
    Reason.UNKNOWN_COLUMN: "Remove the column, or give it a name that the form lists.",
    Reason.OUT_OF_RANGE: "Check the value against the publisher's scale.",
    Reason.DUPLICATE_KEY: "Keep one row for each country and period.",
    Reason.INCONSISTENT: "Two statements in the file disagree. Check both against the publisher.",
    Reason.LARGE_CHANGE: "The value is published as stated. Compare it with the publisher's own account of that year.",
    Reason.NOT_A_COUNTRY: "No action needed: groups of countries and lines of notes are left out.",
    Reason.MAPPED_NAME: "If the country is right, no action is needed; if not, withdraw the mapping.",
    Reason.FORMER_STATE: "No action needed: the state no longer exists and is not a candidate.",
    Reason.TRUNCATED: "Import the publisher's complete document. The truncated item is included and marked.",
    Reason.NO_VALUE: "No action needed: there is no value to read here.",
    Reason.EMPTY_CELL: "Fill in the cell; the form requires it.",
    Reason.TOO_LONG: "Shorten the text, and put the rest in the document that the source names.",
    Reason.UNREADABLE_DATE: "Enter the date as 2026-09-30, or leave the cell empty if it is not known.",
    Reason.UNKNOWN_HEADING: "The field may have a new name. Ask for an update of the reader, or publish the rest.",
    Reason.FORMULA: "Enter the text or number itself; formulas are not read.",
    Reason.UNREADABLE_FILE: "Send this file again on its own, as the publisher released it.",
}


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Series of editions of a publisher. `attribution` is the text that must accompany every value.

    `dating` is the rule for publication days that no file gives.
    """

    key: str
    title: str
    publisher: str
    license: str
    attribution: str
    homepage: str = ""
    cadence_months: int | None = 12  # None: no further edition will come
    note: str = ""
    dating: Dating = field(default_factory=Dating)


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """Measured quantity. `wording` is a short description, in our words, of what the publisher measures.

    `labels` lists the categories of a categorical indicator as the publisher words them; empty for numbers.
    `minimum`/`maximum` bound the publisher's scale; a value outside is `Reason.OUT_OF_RANGE`.
    """

    code: str
    name: str
    unit: str
    wording: str
    direction: BetterDirection = BetterDirection.NEITHER
    minimum: float | None = None
    maximum: float | None = None
    labels: tuple[str, ...] = ()
    decimals: int = 0
    publisher: str = ""  # only if it differs from that of the source


@dataclass(slots=True)
class Reading:
    """One cell as the publisher wrote it, before a country is matched.

    Exactly one of `value`, `label`, and `missing` is set. `raw` is the publisher's text, `locator` its
    address ("FIW13-25!AR69", "africa/gh.json > Economy > Budget > revenues", "line 62, column 4").
    `period` is the reference period ("2024", "FY2026"), separate from the edition that states it.
    `code` is the publisher's own country code, if it gives one. `edition`/`edition_rank` override the
    document's edition for files that hold many editions. An unconfirmed reading that `yields` replaces no other
    file's unconfirmed value of the same edition.
    """

    indicator: str
    country: str
    period: str
    locator: str
    value: float | None = None
    label: str = ""
    missing: Missing | None = None
    raw: str = ""
    code: str = ""
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None
    series: str = ""
    quality: Quality = Quality.STATED
    note: str = ""
    edition: str = ""
    edition_rank: int = 0
    yields: bool = False


@dataclass(slots=True)
class Problem:
    """Problem with a row, and its locator. `country` is as written in the file."""

    severity: Severity
    reason: Reason
    message: str
    locator: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    raw: str = ""
    country: str = ""
    rows: int = 1  # number of rows in the file that this problem keeps out or affects


@dataclass(slots=True)
class FieldTally:
    """Counts of the parts of a document that have one field, by how completely it was read.

    `carried` is `read`, `in_part`, `empty` (the publisher gives no figure), and `unread` together. `in_part` and
    `unread` give each part with the `Reason`. `indicator` is empty for a field that no reader knows.
    """

    path: str
    indicator: str
    carried: int
    read: int = 0
    in_part: list[tuple[str, str]] = field(default_factory=list)
    empty: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_lost(self) -> bool:
        """Return True if the field is unread in more parts of the document than it was read in."""
        return len(self.unread) > self.read + len(self.in_part)


@dataclass(slots=True)
class RecommendationReading:
    """Recommendation of a narrative, in order; `cut` if the text is truncated inside it."""

    text: str
    locator: str
    cut: bool = False


@dataclass(slots=True)
class SectionReading:
    """Section of a narrative.

    `kind` is intro, recommendations, prosecution, protection, prevention, profile, or efforts. The last replaces the
    three sections of the 3Ps in a special case.
    """

    kind: str
    heading: str
    text: str
    locator: str
    cut: bool = False


@dataclass(slots=True)
class FormReading:
    """Form of child trafficking in a narrative, with the sentence, for an analyst to confirm."""

    form: str
    sentence: str
    section: str
    locator: str


@dataclass(frozen=True, slots=True)
class FigureReading:
    """Figure that a narrative gives, by the code of its indicator, with the sentence, for an analyst to confirm."""

    indicator: str
    value: int
    sentence: str
    section: str
    locator: str


@dataclass(slots=True)
class NarrativeReading:
    """Country narrative of one TIP Report.

    `tier` is one of the tier indicator's labels, or empty if not stated.
    """

    country: str
    report_year: int
    tier: str
    title: str
    locator: str
    sections: list[SectionReading] = field(default_factory=list)
    recommendations: list[RecommendationReading] = field(default_factory=list)
    forms: list[FormReading] = field(default_factory=list)
    figures: list[FigureReading] = field(default_factory=list)


@dataclass(slots=True)
class ProgramReading:
    """Program of a U.S. agency as a row of the form states it.

    `sector` is a key of `usg_programs.SECTORS`; `values` holds the other columns as text, days in ISO 8601, and the
    amount with two decimals, "" for an unknown value.
    """

    country: str
    code: str
    locator: str
    row: int
    sheet: str
    agency: str
    title: str
    sector: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Recognition:
    """Claim of an adapter on a document.

    `confidence` is 0 to 1; `because` is shown to the user ("sheet FIW13-25, header in row 2").
    """

    edition: str
    because: str
    confidence: float = 1.0


_EDITION = re.compile(r"(?:FY ?)?(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def rank_of(edition: str) -> int:
    """Return the rank of an edition label, or 0 for an unknown format.

    Formats are "2025", "FY2025", "2025-06", and "2025-06-30".
    """
    match = _EDITION.fullmatch(edition.strip())
    if match is None:
        return 0
    year, month, day = (int(part or 0) for part in match.groups())
    return year * 10_000 + month * 100 + day


@dataclass(slots=True)
class ReadResult:
    """Result of reading a document.

    `edition_rank` orders the editions of one source: the year times 10,000 plus month times 100 plus day
    (20250000 for the 2025 edition, 20170300 for March 2017), so that a later edition has the larger number. It is the
    rank of the file, even if readings name earlier editions: values that a later file restates take precedence over
    those of an earlier file.
    `rows_read` counts data rows of the file, country by country, including rejected ones and excluding notes.
    `published_on` is the day of publication that the file itself gives, `dated_by` its locator.
    `definitions` are indicators that the file defines and the adapter does not list; `defined_at` gives the cell of
    each part of a definition, by code and name of the part.
    """

    edition: str
    edition_rank: int
    rows_read: int = 0
    readings: list[Reading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    narratives: list[NarrativeReading] = field(default_factory=list)
    programs: list[ProgramReading] = field(default_factory=list)
    fields: list[FieldTally] = field(default_factory=list)
    layout: str = ""
    published_on: date | None = None
    dated_by: str = ""
    definitions: list[IndicatorSpec] = field(default_factory=list)
    defined_at: dict[tuple[str, str], str] = field(default_factory=dict)


def take_newest_edition(result: ReadResult, prefix: str = "") -> None:
    """Set a file's edition to the newest of its readings, unless one was given."""
    latest = max((reading.edition_rank for reading in result.readings), default=0)
    result.edition_rank = result.edition_rank or latest
    result.edition = result.edition or (f"{prefix}{latest // 10_000}" if latest else "")


class Adapter(Protocol):
    """Protocol of a reader of one publisher's layout.

    `key` is unique; several adapters may share one `source`.
    """

    key: str
    source: SourceSpec
    indicators: Sequence[IndicatorSpec]

    def recognize(self, document: Document) -> Recognition | None:
        """Return a claim if the document has the publisher's layout, without reading all of it."""
        ...

    def read(self, document: Document, edition: str = "") -> ReadResult:
        """Read the whole document. `edition` overrides the one found. Raises `documents.UnreadableFile`."""
        ...
