"""The text of an instrument as a Word document, from a template that the office can edit.

A compact is a non-binding instrument between participants: they "intend", "have reached the following
understandings", and "contribute". Treaty terms are found anywhere in the template or the record. The template is a
.docx with fields in double braces, the fields of `partnerships.completeness.Record`
(`docs/word-documents.md` lists them). It is rendered in a sandbox, so that an edited template can read nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from cpc.files.word_documents import Filters, document_bytes, fill, text_of
from cpc.findings import Finding, Severity
from cpc.web.formats import count_of, listing
from partnerships.completeness import Record
from partnerships.limits import months_needed
from partnerships.valuation import stated_value

TEMPLATE = Path(__file__).resolve().parent.parent / "reference" / "instrument.docx"

_INSTEAD = {
    "part(?:y|ies)": "participant",
    "shall": "intends to",
    "agree(?:s|d|ing)?": "intends, or has reached the understanding",
    "agreements?": "instrument, or understanding",
    "treat(?:y|ies)": "instrument",
    "obligat(?:e|es|ed|ion|ions|ory)": "contribution, or intention",
    "undertak(?:e|es|ing|ings|en)": "intends to",
    "enter(?:s|ed)? into force|entry into force": "comes into effect",
    "(?<!non-)(?<!not legally )(?<!not )binding": "non-binding",
    "in witness whereof": "signed",
    "covenants?": "understanding",
}
_TREATY = [(re.compile(rf"\b{pattern}\b", re.IGNORECASE), instead) for pattern, instead in _INSTEAD.items()]


@dataclass(frozen=True, slots=True)
class Instrument:
    """The document, the treaty terms in it, and its source. Without any treaty term, it is ready for clearance."""

    document: bytes
    findings: tuple[Finding, ...]
    made_from: str


def treaty_findings(paragraphs: Iterable[str]) -> list[Finding]:
    """Return a finding for each treaty term that a non-binding instrument avoids.

    The finding names the paragraph and the term to write instead.
    """
    findings = []
    for number, text in enumerate(paragraphs, start=1):
        for pattern, instead in _TREATY:
            findings += [
                Finding(
                    code="treaty_word",
                    severity=Severity.ERROR,
                    message=f'Paragraph {number} uses "{match.group()}". Write {instead}. ({_excerpt(text, match)})',
                    field="instrument",
                    citation="1 U.S.C. 112b; 22 CFR 181",
                )
                for match in pattern.finditer(text)
            ]
    return findings


def _excerpt(text: str, match: re.Match[str]) -> str:
    first, last = max(match.start() - 30, 0), min(match.end() + 30, len(text))
    return ("…" * (first > 0)) + text[first:last].strip() + ("…" * (last < len(text)))


def render_instrument(
    record: Record, *, template: Path | IO[bytes] = TEMPLATE, made_from: str = "[source]"
) -> Instrument:
    """Fill the template with a record. `made_from` is printed as the source of the text.

    Raises `TemplateNotUsable` for a file that is no .docx, and for a field that does not exist or is not permitted.
    """
    document = fill(template, instrument_fields(record, made_from), FILTERS)
    data = document_bytes(document, title=record.title, comments=made_from)
    return Instrument(data, tuple(treaty_findings(text_of(data))), made_from)


def instrument_fields(record: Record, made_from: str) -> dict[str, Any]:
    """Return the fields of the template.

    They are those of `partnerships.completeness.Record`, with some lists also split by government.
    """
    fields = asdict(record)
    for line, row in zip(fields["contributions"], record.contributions, strict=True):
        line["value"] = stated_value(row, _usd)
    for name in ("participants", "responsibilities", "contributions"):
        for side in ("us", "partner"):
            fields[f"{side}_{name}"] = [line for line in fields[name] if line["government"] == side]
    return fields | {"years": _years(record), "made_from": made_from}


def _years(record: Record) -> str:
    if record.starts_on is None or record.ends_on is None:
        return "[term]"
    years, rest = divmod(months_needed(record.starts_on, record.ends_on), 12)
    return listing([count_of(count, unit) for count, unit in ((years, "year"), (rest, "month")) if count])


def _usd(amount: Decimal | None) -> str:
    if amount is not None and not isinstance(amount, Decimal):
        raise TypeError("“|usd” shows an amount of U.S. dollars")
    return "[amount]" if amount is None else f"USD {amount:,.2f}"


def _day(day: date | None) -> str:
    if day is not None and not isinstance(day, date):
        raise TypeError("“|day” shows a day")
    return "[date]" if day is None else f"{day.day} {day:%B %Y}"


FILTERS: Filters = {"usd": _usd, "day": _day}
