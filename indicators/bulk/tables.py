"""Tables of the data package: their columns, types, keys, and the SQL that reads them as of a publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type in a Table Schema, and the SQL expression of its value."""

    name: str
    type: str
    sql: str
    description: str
    required: bool = False
    values: Sequence[str] = ()

    def described(self) -> dict[str, Any]:
        """Return the field of a Table Schema."""
        constraints = {
            name: value for name, value in (("required", self.required), ("enum", list(self.values))) if value
        }
        shape = {"format": INSTANT} if self.type == "datetime" else {}
        more = {"constraints": constraints} if constraints else {}
        return {"name": self.name, "type": self.type, **shape, "description": self.description, **more}

    @property
    def selected(self) -> str:
        if self.type == "datetime":
            return f"""to_char({self.sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS {self.name}"""
        return f"{self.sql} AS {self.name}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, primary key, and foreign keys as (column, table, column).

    `rows` is the SQL after SELECT. In it, %(as_of)s is the number of the publication and %(sources)s the keys of the
    sources whose values are passed on.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: str
    key: Sequence[str]
    references: Sequence[tuple[str, str, str]] = ()

    @property
    def file(self) -> str:
        return f"data/{self.name}.csv"

    @property
    def sql(self) -> str:
        return f"SELECT {', '.join(column.selected for column in self.columns)} {self.rows}"  # our own names

    def described(self) -> dict[str, Any]:
        """Return the Table Schema."""
        schema: dict[str, Any] = {
            "fields": [column.described() for column in self.columns],
            "missingValues": [""],
            "primaryKey": list(self.key),
        }
        if self.references:
            schema["foreignKeys"] = [
                {"fields": [column], "reference": {"resource": table, "fields": [target]}}
                for column, table, target in self.references
            ]
        return schema


STATEMENT = (
    Column("source", "string", "s.key", "Key of the source that states it.", required=True),
    Column("edition", "string", "{of}.edition", "The edition that states it, not the period of it.", required=True),
    Column("published_on", "date", "b.published_on", "The day on which the file's edition was released."),
    Column("dated_by", "string", "b.dated_by", "The source of that day: the file, the source's rule, or a person."),
    Column("file", "string", "f.sha256", "SHA-256 of the publisher's file.", required=True),
    Column("locator", "string", "{of}.locator", "Sheet and cell, JSON path, or line.", required=True),
    Column("raw_text", "string", "{of}.raw_text", "The publisher's text at that location."),
    Column("known_from", "integer", "{of}.valid_from", "The publication that added it.", required=True),
    Column(
        "known_to",
        "integer",
        "CASE WHEN {of}.valid_to <= %(as_of)s THEN {of}.valid_to END",
        "The publication that ended it; empty while it is current.",
    ),
)


def _statement(of: str) -> tuple[Column, ...]:
    return tuple(
        Column(item.name, item.type, item.sql.replace("{of}", of), item.description, item.required)
        for item in STATEMENT
    )


STATED_BY = """
    JOIN indicators_import b ON b.id = {of}.batch_id
    JOIN indicators_sourcefile f ON f.id = {of}.file_id"""

OBSERVATIONS = Table(
    "observations",
    "Observations: one value of one indicator for one country and period, or the reason that there is none",
    (
        Column("id", "integer", "o.id", "The number of the row. It never refers to another one.", required=True),
        Column("indicator", "string", "i.code", "Code of the indicator.", required=True),
        Column("country", "string", "c.code", "Code of the country.", required=True),
        Column("period", "string", "o.period", "The period that the value is about: 2024 or FY2026.", required=True),
        Column("series", "string", "o.series", "Distinguishes values of one period that are not comparable."),
        Column("value", "number", "o.value", "The number."),
        Column("label", "string", "o.label", "The category, if the indicator has labels."),
        Column("missing", "string", "o.missing", "Why there is no value. A missing value is never zero."),
        Column("standard_error", "number", "o.standard_error", "The publisher's standard error."),
        Column("low", "number", "o.low", "The lower end of the publisher's interval."),
        Column("high", "number", "o.high", "The upper end of the publisher's interval."),
        Column("quality", "string", "o.quality", "How firmly the value is stated.", required=True),
        Column("note", "string", "o.note", "A remark by the publisher or the reader of the file."),
        *_statement("o"),
        Column(
            "superseded_at",
            "datetime",
            "CASE WHEN o.valid_to <= %(as_of)s THEN o.superseded_at END",
            "When it ended; empty while it is current.",
        ),
    ),
    f"""FROM indicators_observation o
    JOIN indicators_indicator i ON i.id = o.indicator_id
    JOIN indicators_source s ON s.id = i.source_id
    JOIN indicators_country c ON c.id = o.country_id {STATED_BY.format(of="o")}
    WHERE o.valid_from <= %(as_of)s AND s.key = ANY(%(sources)s) ORDER BY o.id""",
    ("id",),
    (
        ("indicator", "indicators", "code"),
        ("country", "countries", "code"),
        ("source", "sources", "key"),
        ("file", "files", "sha256"),
        ("known_from", "publications", "number"),
        ("known_to", "publications", "number"),
    ),
)

CONFIRMATIONS = Table(
    "confirmations",
    "Confirmations: other editions or sources that state the same value",
    (
        Column("id", "integer", "k.id", "The number of the row.", required=True),
        Column("observation", "integer", "k.observation_id", "The number of the observation.", required=True),
        *_statement("k"),
    ),
    f"""FROM indicators_confirmation k
    JOIN indicators_observation o ON o.id = k.observation_id
    JOIN indicators_indicator i ON i.id = o.indicator_id
    JOIN indicators_source own ON own.id = i.source_id {STATED_BY.format(of="k")}
    JOIN indicators_source s ON s.id = b.source_id
    WHERE k.valid_from <= %(as_of)s AND s.key = ANY(%(sources)s) AND own.key = ANY(%(sources)s) ORDER BY k.id""",
    ("id",),
    (
        ("observation", "observations", "id"),
        ("source", "sources", "key"),
        ("file", "files", "sha256"),
        ("known_from", "publications", "number"),
    ),
)

INDICATORS = Table(
    "indicators",
    "Indicators: what is measured",
    (
        Column("code", "string", "i.code", "The name in addresses and filters.", required=True),
        Column("source", "string", "s.key", "Key of the source.", required=True),
        Column("name", "string", "i.name", "The name shown on pages.", required=True),
        Column("unit", "string", "i.unit", "The unit; empty for labels and numbers without a unit."),
        Column("wording", "string", "i.wording", "What the publisher measures."),
        Column(
            "direction",
            "string",
            "CASE i.direction WHEN 1 THEN 'higher' WHEN -1 THEN 'lower' ELSE 'neither' END",
            "Which end of the publisher's scale is better.",
            required=True,
            values=("higher", "lower", "neither"),
        ),
        Column("minimum", "number", "i.minimum", "The lower end of the publisher's scale."),
        Column("maximum", "number", "i.maximum", "The upper end of the publisher's scale."),
        Column("labels", "array", "i.labels", "The publisher's categories in order; empty list for numbers."),
        Column("publisher", "string", "i.publisher", "Its publisher, if it is not that of the source."),
    ),
    """FROM indicators_indicator i JOIN indicators_source s ON s.id = i.source_id
    WHERE s.key = ANY(%(sources)s) ORDER BY i.code""",
    ("code",),
    (("source", "sources", "key"),),
)

COUNTRIES = Table(
    "countries",
    "Countries, territories, and former states",
    (
        Column("code", "string", "c.code", "ISO 3166 alpha-3, or X- and a name; XKX for Kosovo.", required=True),
        Column("name", "string", "c.name", "The name shown on pages.", required=True),
        Column("iso2", "string", "c.iso2", "ISO 3166 alpha-2."),
        Column("region", "string", "c.region", "Region of the Department of State's regional bureaus."),
        Column("kind", "string", "c.kind", "The kind of entry.", required=True),
    ),
    """FROM indicators_country c WHERE c.code <> %(sample)s ORDER BY c.code""",
    ("code",),
)

SOURCES = Table(
    "sources",
    "Sources, with the attribution that must accompany their values",
    (
        Column("key", "string", "s.key", "The name in addresses and filters.", required=True),
        Column("title", "string", "s.title", "The name shown on pages.", required=True),
        Column("publisher", "string", "s.publisher", "Who publishes it.", required=True),
        Column("license", "string", "s.license", "The terms under which its values may be used.", required=True),
        Column("attribution", "string", "s.attribution", "The notice to show beside its values.", required=True),
        Column("homepage", "string", "s.homepage", "The publisher's page for it."),
        Column("note", "string", "s.note", "What to know before comparing values."),
    ),
    "FROM indicators_source s WHERE s.key = ANY(%(sources)s) ORDER BY s.key",
    ("key",),
)

FILES = Table(
    "files",
    "Publishers' files, each identified by its digest",
    (
        Column("sha256", "string", "f.sha256", "SHA-256 of its bytes, in hexadecimal.", required=True),
        Column("name", "string", "f.name", "The name of the file.", required=True),
    ),
    """FROM indicators_sourcefile f WHERE EXISTS (
        SELECT FROM indicators_import b JOIN indicators_publication p ON p.batch_id = b.id WHERE b.file_id = f.id
        AND p.seq <= %(as_of)s) ORDER BY f.sha256""",
    ("sha256",),
)

PUBLICATIONS = Table(
    "publications",
    "Publications and retractions, which `known_from` and `known_to` name",
    (
        Column("number", "integer", "p.seq", "The number.", required=True),
        Column("kind", "string", "p.kind", "Whether something was published or retracted.", required=True),
        Column("at", "datetime", "p.at", "When.", required=True),
        Column("edition", "string", "b.edition", "The edition."),
    ),
    """FROM indicators_publication p JOIN indicators_import b ON b.id = p.batch_id
    WHERE p.seq <= %(as_of)s ORDER BY p.seq""",
    ("number",),
)

TABLES = (OBSERVATIONS, CONFIRMATIONS, INDICATORS, COUNTRIES, SOURCES, FILES, PUBLICATIONS)
