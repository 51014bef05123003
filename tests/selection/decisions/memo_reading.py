"""Reader of a memo's Word document that compares it with the record, with queries of its own.

It reads tables of the database and the document alone, and none of the code that writes memos.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from cpc.web.formats import DASH
from indicators.models import Observation
from partnerships.models import Partnership
from selection.models import (
    Memo,
    Note,
    Position,
    ProceedWithout,
    Recommendation,
    RequestCandidate,
    RestrictionFinding,
    SelectionRound,
)

WORDS = ("Found.", "Found, on forms.", "Not found.", "No finding.")
MARKS = {
    "clear": "C",
    "clear_with_comments": "CC",
    "clear_with_edits": "CE",
    "no_equities": "NE",
    "does_not_clear": "X",
}
CRITERIA = ("(A) Prevalence", "(B) Commitment")
ROWS = ("Problem", *CRITERIA, "History", "Tier", "Asked for", "Agencies", "Notes")


def flat(text: str) -> str:
    return " ".join(text.split())


def shown_day(value: dt.date) -> str:
    return f"{value:%b} {value.day}, {value.year}"


@dataclass
class Reading:
    """The document as text, its tables by caption, and the rows of each country with half a page."""

    document: Any
    text: str = ""
    tables: dict[str, Table] = field(default_factory=dict)
    countries: dict[str, dict[str, str]] = field(default_factory=dict)
    headings: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, data: bytes) -> Reading:
        read = cls(Document(io.BytesIO(data)))
        parts, country = [], ""
        for block in _blocks(read.document):
            if isinstance(block, Table):
                read.tables[_caption(block)] = block
                parts += [cell.text for row in block.rows for cell in row.cells]
                continue
            style = str(block.style.name) if block.style else ""
            if style == "Title" or style.startswith("Heading"):
                read.headings.append((style, block.text))
                place, _, rest = block.text.partition(". ")
                country = rest.partition(":")[0] if style == "Heading 2" and place.isdigit() and ":" in rest else ""
            elif country and style == "Memo Row":
                name, _, told = block.text.partition("\t")
                read.countries.setdefault(country, {})[name] = flat(told)
            parts.append(block.text)
        read.text = flat(" ".join(parts))
        return read

    def rows(self, caption: str) -> list[list[str]]:
        """Return the cells of a table without its header; none if the document lacks it."""
        table = self.tables.get(caption)
        return [[flat(cell.text) for cell in row.cells] for row in table.rows][1:] if table else []

    def row_of(self, caption: str, first: str) -> list[str]:
        return next((row for row in self.rows(caption) if row[0] == first), [])


def _blocks(document: Any) -> Iterator[Paragraph | Table]:
    for child in document.element.body.iterchildren():
        if child.tag == qn("w:p"):
            yield Paragraph(child, document)
        elif child.tag == qn("w:tbl"):
            yield Table(child, document)


def _caption(table: Table) -> str:
    found: Any = table._tbl.tblPr.find(qn("w:tblCaption"))
    return "" if found is None else str(found.get(qn("w:val")))


def faults_of(memo: Memo) -> list[str]:
    """Return what the Word document of a memo lacks or says otherwise than the record."""
    with memo.file.open("rb") as file:
        return faults_in(file.read(), memo.round, memo.content_hash)


def faults_in(data: bytes, selection_round: SelectionRound, content_hash: str) -> list[str]:
    read = Reading.of(data)
    found = [*_form(read), *_notes(read, selection_round), *_agencies(read, selection_round)]
    for recommendation in Recommendation.objects.filter(
        candidate__round=selection_round, superseded_at__isnull=True
    ).select_related("candidate__country"):
        found += _candidate(read, recommendation)
        found += _restrictions(read, recommendation)
    hashes = [row[-1] for row in read.rows("Hashes")]
    return [*found, *([] if content_hash in hashes else ["The hash of the content is not printed."])]


# ---- form ----------------------------------------------------------------------------------------------------------


def _form(read: Reading) -> list[str]:
    found = []
    styles = [style for style, _ in read.headings]
    if styles.count("Title") != 1:
        found.append("There is not one title.")
    levels = [int(style[-1]) for style in styles if style.startswith("Heading")]
    if any(after > before + 1 for before, after in zip([1, *levels], levels, strict=False)):
        found.append("A level of headings is skipped.")
    names = " ".join(text for _, text in read.headings)
    found += [f"There is no heading {tab}." for tab in ("Tab 1.", "Tab 2.", "Tab 3.", "Tab 4.") if tab not in names]
    for caption, table in read.tables.items():
        properties = table.rows[0]._tr.trPr
        if not caption or properties is None or properties.find(qn("w:tblHeader")) is None:
            found.append(f"The table “{caption}” has no header row or name.")
    for shape in read.document.inline_shapes:
        if len(shape._inline.docPr.get("descr", "")) < 20:
            found.append("An image has no alternative text.")
    language = read.document.styles.element.find(".//" + qn("w:lang"))
    if read.document.core_properties.language != "en-US" or language.get(qn("w:val")) != "en-US":
        found.append("The language is not stated.")
    for section in read.document.sections:
        size = (round(section.page_width.inches, 1), round(section.page_height.inches, 1))
        sides = (round(section.left_margin.inches, 1), round(section.right_margin.inches, 1))
        if (size, sides) != ((8.5, 11.0), (1.0, 1.0)):
            found.append("A page is not Letter with one inch at the sides.")
    if read.document.styles["Normal"].font.name != "Times New Roman":
        found.append("The type is another.")
    return found


# ---- notes and agencies --------------------------------------------------------------------------------------------


def _notes(read: Reading, selection_round: SelectionRound) -> list[str]:
    rows = Note.objects.filter(
        round=selection_round,
        kind__in=("critical", "major"),
        withdrawn_at__isnull=True,
        superseded_at__isnull=True,
    ).exclude(visibility="agency")
    found = []
    for note in rows.select_related("candidate__country"):
        outcome = note.adjudications.filter(superseded_at__isnull=True).values_list("outcome", flat=True).first()
        if note.status != "open" and outcome != "rejected":
            continue
        if flat(note.text) not in read.text or flat(note.rationale) not in read.text:
            found.append(f"{note} is not printed in full.")
        country = note.candidate.country.name if note.candidate else ""
        if country in read.countries and flat(note.text) not in read.countries[country].get("Notes", ""):
            found.append(f"{note} is not with {country}.")
    return found


def _agencies(read: Reading, selection_round: SelectionRound) -> list[str]:
    table = read.tables.get("Position of each agency on each candidate")
    heads = [flat(cell.text) for cell in table.rows[0].cells] if table else []
    found = []
    asked = RequestCandidate.objects.filter(
        request__round=selection_round,
        request__sent_at__isnull=False,
        request__dropped_at__isnull=True,
        candidate__excluded_because="",
    ).exclude(request__role="info")
    for row in asked.select_related("request__agency", "candidate__country"):
        agency, country = row.request.agency, row.candidate.country.name
        own = Position.objects.filter(request=row.request, candidate=row.candidate, superseded_at__isnull=True).first()
        name = next((head for head in heads if head in (agency.short, *flat(agency.name).replace(",", "").split())), "")
        cells = read.row_of("Position of each agency on each candidate", country)
        mark = cells[heads.index(name)] if name and cells else "missing"
        expected = MARKS.get(own.value) if own else None
        if expected is None and mark not in (DASH, "T"):
            found.append(f"The missing answer of {agency} on {country} is not shown: {mark}.")
        elif expected is not None and mark != expected:
            found.append(f"The position of {agency} on {country} is {own.value if own else ''}, not {mark}.")
        if country in read.countries and name not in read.countries[country].get("Agencies", ""):
            found.append(f"{agency} is not named with {country}.")
        if own and own.value == "does_not_clear":
            told = (f"{name} does not clear {country}", f"{name} does not clear the {country}")
            if not any(text in read.text for text in told) or flat(own.text) not in read.text:
                found.append(f"The dissent of {agency} on {country} is not told.")
    for gone in ProceedWithout.objects.filter(request__round=selection_round).select_related("approved_by"):
        if flat(gone.reason) not in read.text or str(gone.approved_by) not in read.text:
            found.append(f"Going on without {gone.request.agency} is not told.")
    return found


# ---- candidates ----------------------------------------------------------------------------------------------------


def _candidate(read: Reading, recommendation: Recommendation) -> list[str]:
    country = recommendation.candidate.country
    found = []
    lines = [row for row in read.rows("Recommendations to approve or disapprove") if country.name in row[0]]
    if len(lines) != 1 or len(lines[0]) != 4:
        found.append(f"{country} has no line with three boxes.")
    if recommendation.action in ("select", "shortlist"):
        own = read.countries.get(country.name, {})
        if tuple(own) != ROWS:
            found.append(f"The rows of {country} are {', '.join(own)}.")
        found += [f"{country} has no finding on {name}." for name in CRITERIA if not _is_found(own.get(name, ""))]
        told, caveat_marked = " ".join(own.values()), "not confirmed" in own.get("Tier", "")
    else:
        cells = read.row_of("Candidates that are not recommended now", country.name)
        if len(cells) < 6 or not all(cell.startswith(tuple(word.rstrip(".") for word in WORDS)) for cell in cells[1:3]):
            found.append(f"{country} has no finding on a criterion: {cells}.")
        told, caveat_marked = " ".join(cells), bool(cells) and cells[3].endswith("*")
    found += _money(recommendation, lines[0][0] if lines else "", told)
    tier = _newest_tier(recommendation)
    if tier is not None and tier.quality != "stated" and not caveat_marked:
        found.append(f"The doubt about the tier of {country} is not told.")
    for compact in Partnership.objects.filter(country=country, signed_on__isnull=False).exclude(kind="sample"):
        assert compact.signed_on is not None
        signed = shown_day(compact.signed_on)
        if signed not in told:
            found.append(f"The compact of {signed} with {country} is not named.")
    if flat(recommendation.rationale) not in read.text:
        found.append(f"The reason for {country} is not printed.")
    return found


def _is_found(text: str) -> bool:
    return text.startswith(WORDS) and len(text) > len("No finding. ")


def _money(recommendation: Recommendation, line: str, told: str) -> list[str]:
    amount = getattr(recommendation, "proposed_amount", None)
    months = getattr(recommendation, "proposed_months", None)
    wanted = []
    if amount:
        wanted.append(f"${amount / 1_000_000:.1f}M" if amount >= 1_000_000 else f"${amount:,.0f}")
    if months:
        wanted.append(f"{months} month")
    country = recommendation.candidate.country
    detailed = recommendation.action in ("select", "shortlist")
    return [
        f"{text} for {country} is not printed."
        for text in wanted
        if text not in line or (detailed and text not in told)
    ]


def _newest_tier(recommendation: Recommendation) -> Observation | None:
    as_of = recommendation.candidate.round.as_of
    rows = (
        Observation.objects.filter(
            indicator__code="tip.tier", country=recommendation.candidate.country, valid_from__lte=as_of
        )
        .exclude(label="")
        .exclude(valid_to__lte=as_of)
    )
    return rows.order_by("-year").first()


def _restrictions(read: Reading, recommendation: Recommendation) -> list[str]:
    country = recommendation.candidate.country
    newest: dict[str, RestrictionFinding] = {}
    for row in RestrictionFinding.objects.filter(country=country).order_by("pk"):
        newest[row.code] = row
    printed = [" ".join(row) for row in read.rows("Findings that are not clear") if row[0] == country.name]
    return [
        f"The restriction {row.code} on {country} is not printed."
        for row in newest.values()
        if row.status not in ("clear", "not_applicable") and not any(flat(row.basis) in line for line in printed)
    ]
