"""Kinds of documents that are made from the record: their fields, and what a template of each must have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from cpc.files.template_fields import Required, field_findings, field_paths
from cpc.files.word_documents import Filters, TemplateNotUsable, document_bytes, fill
from cpc.findings import Finding
from partnerships.completeness import SECTION
from partnerships.documents.instrument import FILTERS as INSTRUMENT_FILTERS
from partnerships.models import TemplateKind
from partnerships.word_documents import samples
from partnerships.word_documents.wording import FILTERS

SOURCE = Required("Every document names the record and the template that it was made from", [["made_from"]])
MARKING = [
    SOURCE,
    Required("Every document carries its marking", [["classification"]]),
    Required("A document of the sample must be recognized as one", [["sample_note"]]),
]


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One kind: what it is for, complete sample fields, and the parts that its template must have."""

    kind: TemplateKind
    purpose: str
    sample: Callable[[], Mapping[str, Any]]
    filters: Filters
    required: Sequence[Required]

    def template_findings(self, data: bytes) -> list[Finding]:
        """Return what is wrong with a template of this kind: its placeholders, then what fails when it is filled in.

        It is filled in with the sample, and with a record that has nothing yet.
        """
        sample = self.sample()
        if found := field_findings(data, field_paths(sample), self.required, self.filters):
            return found
        for fields in (sample, bare(sample)):
            try:
                fill(BytesIO(data), fields, self.filters)
            except TemplateNotUsable as error:
                return [Finding.error("document_template", str(error), "file")]
        return []

    def preview(self, data: bytes) -> bytes:
        """Return the sample document made with a template. Raises `TemplateNotUsable`."""
        document = fill(BytesIO(data), self.sample(), self.filters)
        return document_bytes(document, title=f"Sample: {self.kind.label}", comments=samples.MADE_FROM)


def bare(sample: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields as of a record with nothing in it: empty lists, no days and amounts, and texts as they are."""
    return {name: [] if isinstance(value, list | tuple) else _bare(value) for name, value in sample.items()}


def _bare(value: Any) -> Any:
    return value if isinstance(value, str | bool) else None


def _element(letter: str, name: str, *any_of: Sequence[str]) -> Required:
    return Required(name, any_of, f"{SECTION}({letter})")


_BOTH_CONTRIBUTIONS = [
    [*extra, "mechanisms.body"]
    for extra in (
        ["contributions.value"],
        ["us_contributions.value", "partner_contributions.value"],
        ["contributions.amount_usd"],
    )
]

INSTRUMENT = DocumentType(
    TemplateKind.INSTRUMENT,
    "The text that both governments sign, without treaty language.",
    samples.sample_instrument,
    INSTRUMENT_FILTERS,
    [
        SOURCE,
        Required("An instrument names the country", [["country"]]),
        Required("An instrument states its term", [["starts_on", "ends_on"], ["years"]]),
        _element("A", "An instrument describes the objectives", ["objectives.title", "objectives.outcome"]),
        _element(
            "B",
            "An instrument describes the responsibilities of each government",
            ["us_responsibilities.text", "partner_responsibilities.text"],
            ["responsibilities.text", "responsibilities.government"],
        ),
        _element(
            "C",
            "An instrument describes the programs, and the amount that each government allocates to each",
            ["programs.title", "programs.us_amount", "programs.partner_amount"],
        ),
        _element("D", "An instrument describes the outcome indicators", ["indicators.title"]),
        _element(
            "E",
            "An instrument describes the estimated contributions, and the mechanisms for implementation and oversight",
            *_BOTH_CONTRIBUTIONS,
        ),
        _element("F", "An instrument describes how progress is sustained", ["strategies.approach"]),
        _element("G", "An instrument describes how child protection data is managed", ["data_plans.what"]),
    ],
)

NOTIFICATION = DocumentType(
    TemplateKind.NOTIFICATION,
    "Notice to four committees of Congress before funds are obligated (22 U.S.C. 2394-1).",
    lambda: samples.NOTIFICATION,
    FILTERS,
    [
        *MARKING,
        Required("A notification names the country", [["country"]]),
        Required("A notification states the amount", [["amount"]]),
        Required("A notification states its purpose", [["purpose"]], "22 U.S.C. 2394-1(a)(1)"),
        Required("A notification has its day and reference", [["sent_on", "reference"]]),
        Required("A notification states account and fund", [["account", "fund"]]),
        Required("A notification is addressed to four committees", [["committees"]], "22 U.S.C. 2394-1(a)"),
        Required("A notification describes the programs", [["programs.title", "programs.us_amount"]]),
        Required("A notification names the implementers", [["implementers.recipient"]]),
        Required("A notification shows what a person must add", [["to_complete"]], "22 U.S.C. 2394-1(a)(2)"),
    ],
)

ANNUAL_REPORT = DocumentType(
    TemplateKind.ANNUAL_REPORT,
    "The office's own report on its partnerships in a fiscal year. No statute asks for it.",
    lambda: samples.ANNUAL_REPORT,
    FILTERS,
    [
        *MARKING,
        Required("A report names its fiscal year and its readers", [["year", "readers"]]),
        Required("A report begins with what matters", [["lead"]]),
        Required("A report states the money of the portfolio", [["money.label", "money.in_year", "money.to_date"]]),
        Required("A report names each partnership", [["partnerships.country", "partnerships.status"]]),
        Required("A report states the money of each partnership", [["partnerships.money.in_year"]]),
        Required("A report states the contributions", [["partnerships.contributions.who"]]),
        Required(
            "A report states results and targets", [["partnerships.results.target", "partnerships.results.result"]]
        ),
        Required("A report states what is open and next", [["partnerships.findings", "partnerships.next_steps"]]),
        Required("A report explains its figures", [["notes"]]),
    ],
)

TYPES = {each.kind: each for each in (INSTRUMENT, NOTIFICATION, ANNUAL_REPORT)}
