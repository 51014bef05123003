"""Tables of imports, their issues, and mapped names, and the empty form of the office's own indicators."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from cpc.web import formats
from cpc.web.badges import status
from cpc.web.lists import ListPage, declare
from cpc.web.markup import code, fragment, lines, link, small
from cpc.web.tables import PAGE_SIZE, Column, Table
from cpc.web.templatetags.web import when
from indicators.imports.comparison import PreviewRow
from indicators.models import Import, ImportIssue, NameMapping
from indicators.sources.base import Severity
from indicators.sources.own_indicators import COLUMNS as OWN_COLUMNS
from indicators.sources.own_indicators import DIRECTIONS
from indicators.sources.own_indicators import LIMITS as OWN_LIMITS
from indicators.sources.own_indicators import NEEDED as OWN_NEEDED

ISSUES_FILE: tuple[Column[ImportIssue], ...] = (
    Column("Severity", lambda issue: issue.get_severity_display(), width=12),
    Column("Reason", lambda issue: issue.get_reason_display(), width=22),
    Column("What is wrong", lambda issue: issue.message, width=60),
    Column("What to do", lambda issue: issue.remedy, width=60),
    Column("File", lambda issue: issue.batch.file_name, width=36),
    Column("Sheet", lambda issue: issue.sheet, width=16),
    Column("Row", lambda issue: issue.row, width=8),
    Column("Column", lambda issue: issue.column, width=16),
    Column("Location", lambda issue: issue.locator, width=30),
    Column("In the file", lambda issue: issue.raw_value, width=24),
    Column("Country in the file", lambda issue: issue.country_text, width=28),
    Column("Rows", lambda issue: issue.rows, width=8),
)

OWN_FIELDS: tuple[Column[None], ...] = tuple(Column(name, lambda _row: "", width=20) for name in OWN_COLUMNS)

OWN_NOTES: tuple[tuple[str, str], ...] = (
    ("Rows", "Each row gives one value of one indicator for one country and year."),
    (
        "indicator",
        "A key of 2 to 40 lowercase letters, digits, and _, starting with a letter; shown as own.key.",
    ),
    (
        "Definition",
        ", ".join(OWN_NEEDED) + ": fill these in on the first row of an indicator; later rows can repeat them.",
    ),
    ("direction", "One of: " + "; ".join(DIRECTIONS)),
    ("published_on", "The date on which the values were published, such as 2026-09-30; the same for the whole file."),
    ("definition", "What is measured, in one or two sentences; optional."),
    ("country, iso3", "Either one is enough; if both are given, they must agree. Kosovo is XKX."),
    ("year", "The year that the value describes, in four digits."),
    ("value", "A plain number. Leave it empty if there is no value; don't enter 0."),
    ("standard_error, note", "Optional; you can also leave out the columns."),
    ("Maximum number of characters", ", ".join(f"{name} {limit:,}" for name, limit in OWN_LIMITS.items())),
    ("Formulas", "Not read. A row with a formula is rejected."),
)

IMPORTS_LIST = declare(
    ListPage("imports", "Imports", "import", "imports", "imports", filters=("state",), beside=("source",))
)
ISSUES_LIST = declare(
    ListPage("issues", "Issues of an import", "issue", "issues", "import-issues", filters=("severity", "reason"))
)
NAMES_LIST = declare(ListPage("name-mappings", "Mapped names", "name", "names", "name-mappings"))
IMPORTS: Table[Import] = Table(
    "Imports",
    [
        Column("Import", lambda row: lines(link(reverse("import", args=[row.pk]), row.title), _file(row))),
        Column(
            "State", lambda row: fragment("indicators/imports/_state.html", state=row.state, tag=False), css="u-nowrap"
        ),
        Column("New", lambda row: row.counts.get("new"), "number"),
        Column("Changed", lambda row: row.counts.get("changed"), "number"),
        Column("Rejected", lambda row: row.counts.get("rejected"), "number"),
        Column("Received", lambda row: row.created_at, "day", detail=lambda row: str(row.created_by or "System")),
    ],
    caption="Imports, newest first",
    css="usa-table--hover c-figures",
    per_page=PAGE_SIZE,
    more=[
        Column("Number", lambda row: row.pk, "number"),
        Column("File", lambda row: row.file_name, css="u-break"),
        Column("Source", lambda row: row.source.title if row.source else ""),
        Column("Edition", lambda row: row.edition),
    ],
)


def _file(row: Import) -> SafeString:
    shipped = ", facts shipped with the project" if row.via == "facts" else ""
    name = code(row.file_name) if row.source else ""
    return format_html(
        '<span class="c-source"><span class="u-muted">Import {}{}</span> {}</span>', row.pk, shipped, name
    )


def mappings_table(*, may_import: bool) -> Table[NameMapping]:
    columns: list[Column[NameMapping]] = [
        Column("As written", lambda row: row.name),
        Column("Source", lambda row: link(reverse("source", args=[row.source.key]), row.source.title)),
        Column("Means", lambda row: row.means, detail=_set_aside),
        Column("Mapped", lambda row: row.recorded_at, "moment", detail=lambda row: str(row.recorded_by or "")),
        Column("State", _mapping_state, css="is-wide"),
        Column("Published imports", lambda row: getattr(row, "used", None), "number"),
    ]
    if may_import:
        columns.append(Column("Undo", lambda row: _withdraw(row, f"{row.name}, {row.source.title}"), is_action=True))
    return Table("Mapped names", columns, caption="Names that analysts mapped", per_page=25)


MAPPED_HERE: Table[ImportIssue] = Table(
    "Mapped names",
    [
        Column("In the file", lambda issue: issue.country_text),
        Column("Means", lambda issue: _mapping(issue).means, detail=lambda issue: _set_aside(_mapping(issue))),
        Column("Rows", lambda issue: issue.rows, "number"),
        Column(
            "Mapped",
            lambda issue: _mapping(issue).recorded_at,
            "moment",
            detail=lambda issue: str(_mapping(issue).recorded_by or ""),
        ),
        Column("Undo", lambda issue: _withdraw(_mapping(issue), issue.country_text) or "Withdrawn"),
    ],
    caption="Mapped names in this file",
)


def _mapping(issue: ImportIssue) -> NameMapping:
    assert issue.mapping is not None
    return issue.mapping


def _set_aside(row: NameMapping) -> str:
    return "" if row.country else "Set aside"


def _mapping_state(row: NameMapping) -> SafeString:
    if row.is_live:
        return status("good", "In effect")
    by = f", {row.superseded_by}" if row.superseded_by else ""
    why = format_html("{}{}: {}", when(row.superseded_at, "moment"), by, row.superseded_reason)
    return lines(status("none", "Withdrawn", icon_name="undo"), small(why))


def _withdraw(row: NameMapping, name: str) -> SafeString | None:
    if not row.is_live:
        return None
    return link(reverse("name-mapping-withdraw", args=[row.pk]), "Withdraw", f" the mapping of {name}")


def issues_table(title: str) -> Table[ImportIssue]:
    return Table(
        title,
        [
            Column(
                "Location",
                lambda issue: format_html(
                    '<span class="c-source"><code>{}</code></span>', issue.locator or formats.DASH
                ),
                css="is-wide",
            ),
            Column("In the file", _in_the_file, row_header=True),
            Column("What is wrong", _wrong, detail=lambda issue: issue.message, css="is-wide"),
            Column("What to do", lambda issue: issue.remedy, css="is-wide u-small"),
        ],
        per_page=PAGE_SIZE,
    )


def _in_the_file(issue: ImportIssue) -> SafeString:
    named, raw = issue.country_text, issue.raw_value
    differs = f"In the file: {Truncator(raw).chars(120)}" if raw and named and raw != named else ""
    rows = f"{formats.number(issue.rows)} rows" if issue.rows > 1 else ""
    return lines(named or raw or formats.DASH, small(differs), small(rows))


def _wrong(issue: ImportIssue) -> SafeString:
    return status("bad" if issue.severity == Severity.REJECTED else "warn", issue.get_reason_display())


ISSUES = issues_table("Issues")
REJECTED = issues_table("Rejected rows")


def preview_table(shown: str, label: str) -> Table[PreviewRow]:
    """Return the table of a file's values with the status `shown`.

    Each is beside the current value, unless the values are new.
    """
    columns: list[Column[PreviewRow]] = [
        Column("Location", lambda row: format_html('<span class="c-source">{}</span>', code(row.locator))),
        Column("Country", lambda row: format_html("{} {}", row.country, small(row.country_code)), row_header=True),
        Column("Indicator", _series),
        Column("Period", lambda row: row.period),
        Column("In the file", lambda row: Truncator(row.raw_text).chars(24), "number", css="u-muted"),
        Column("Value", lambda row: _value(row.value, row.label, row.missing, row.decimals), "number", css="u-strong"),
        Column("Quality", lambda row: fragment("indicators/observations/_quality.html", quality=row.quality)),
    ]
    if shown != "new":
        now = Column[PreviewRow](
            "Now", lambda row: _value(row.old_value, row.old_label, row.old_missing, row.decimals), "number"
        )
        columns.insert(6, now)
    caption = f"{label} values, in the order of the file"
    return Table("Values in the file", columns, caption=caption, css="usa-table--hover")


def _series(row: PreviewRow) -> SafeString | str:
    if not row.series:
        return row.indicator
    return format_html('{}<span class="u-muted">, {}</span>', row.indicator, row.series)


def _value(value: float | None, label: str, missing: str, decimals: int) -> SafeString:
    return fragment(
        "indicators/imports/_preview_value.html", value=value, label=label, missing=missing, decimals=decimals
    )
