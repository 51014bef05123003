"""Queries on narratives of the TIP Report, the data read from them, and analysts' verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from indicators.countries import normalize
from indicators.models import (
    FormReview,
    Narrative,
    NarrativeSection,
    Observation,
    Recommendation,
    TraffickingForm,
)
from indicators.observations.queries import NOW, AsOf
from indicators.sources.base import IndicatorSpec, Quality
from indicators.sources.tip_figures import BY_KEY

FIGURE_CODES = [spec.code for spec in BY_KEY.values()]
SECTION_NAMES = {
    "intro": "Introduction",
    "recommendations": "Recommendations",
    "prosecution": "Prosecution",
    "protection": "Protection",
    "prevention": "Prevention",
    "profile": "Trafficking profile",
}


@dataclass(frozen=True, slots=True)
class NarrativeEntry:
    narrative: Narrative
    recommendations: int
    forms: int
    figures: int
    waiting: int


def narratives(*, query: str = "", year: int | None = None, as_of: AsOf = NOW) -> list[NarrativeEntry]:
    """Return narratives as of a publication, by country, newest report first.

    `query` is part of a country's name.
    """
    rows = Narrative.objects.as_of(as_of.number).select_related("country").order_by("country__name", "-report_year")
    if year is not None:
        rows = rows.filter(report_year=year)
    wanted = normalize(query)
    named = [row for row in rows if wanted in normalize(row.country.name)]
    ids = [row.pk for row in named]
    recommendations = _counts(Recommendation.objects.filter(narrative__in=ids))
    forms = _counts(TraffickingForm.objects.filter(narrative__in=ids))
    recorded = Q() if as_of.moment is None else Q(at__lte=as_of.moment)
    reviewed = FormReview.objects.filter(recorded, form__narrative__in=ids)
    waiting = _counts(TraffickingForm.objects.filter(narrative__in=ids).exclude(pk__in=reviewed.values("form")))
    figures, suggested = _figure_counts(as_of.number)
    entries = []
    for row in named:
        key = (row.country_id, str(row.report_year))
        open_items = waiting.get(row.pk, 0) + suggested[key]
        counts = recommendations.get(row.pk, 0), forms.get(row.pk, 0), figures[key]
        entries.append(NarrativeEntry(row, *counts, open_items))
    return entries


def _figure_counts(as_of: int | None) -> tuple[Counter[tuple[int, str]], Counter[tuple[int, str]]]:
    """Count the figures by country and report, and those of them that wait for an analyst."""
    rows = Observation.objects.as_of(as_of).filter(indicator__code__in=FIGURE_CODES, value__isnull=False)
    found = list(rows.values_list("country", "period", "quality"))
    waiting = Counter((country, period) for country, period, quality in found if quality == Quality.UNCONFIRMED)
    return Counter((country, period) for country, period, _ in found), waiting


def _counts(rows: QuerySet[Recommendation] | QuerySet[TraffickingForm]) -> dict[int, int]:
    return dict(rows.order_by().values_list("narrative").annotate(Count("pk")))


def to_confirm() -> QuerySet[Narrative]:
    """Return the live narratives with a form or a figure that no analyst has given a verdict on."""
    forms = TraffickingForm.objects.filter(narrative=OuterRef("pk"), reviews__isnull=True)
    figures = Observation.objects.live().filter(
        indicator__code__in=FIGURE_CODES,
        quality=Quality.UNCONFIRMED,
        country=OuterRef("country"),
        year=OuterRef("report_year"),
    )
    return Narrative.objects.live().of_reports().filter(Exists(forms) | Exists(figures)).select_related("country")


def report_years(as_of: int | None = None) -> list[int]:
    """Return the report years with narratives as of a publication (None is now), newest first."""
    rows = Narrative.objects.as_of(as_of).of_reports().order_by("-report_year")
    return list(rows.values_list("report_year", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class FormEntry:
    form: TraffickingForm
    number: int
    sentence: int  # number of the mark on its sentence: the first form in it
    review: FormReview | None

    @property
    def verdict(self) -> str:
        return self.review.verdict if self.review else ""


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A figure of the report's year: the value on record, suggested by the reader or confirmed, or None.

    `number` comes after those of the forms; `mark` is the number at its sentence in the text, 0 if there is none.
    """

    key: str
    spec: IndicatorSpec
    observation: Observation | None
    number: int = 0
    mark: int = 0

    @property
    def value(self) -> int | None:
        value = self.observation.value if self.observation else None
        return None if value is None else int(value)

    @property
    def sentence(self) -> str:
        return self.observation.raw_text if self.observation and self.observation.value is not None else ""

    @property
    def is_confirmed(self) -> bool:
        """Return True if an analyst confirmed the figure, or that the narrative states none."""
        return self.observation is not None and self.observation.quality != Quality.UNCONFIRMED

    @property
    def waits(self) -> bool:
        return self.observation is not None and not self.is_confirmed


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a section's text; `numbers` are the forms it names."""

    text: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """Section as paragraphs of segments, so that a sentence is marked if it names a form or states a figure."""

    section: NarrativeSection
    name: str
    paragraphs: list[list[Segment]]


@dataclass(frozen=True, slots=True)
class NarrativePage:
    narrative: Narrative
    recommendations: list[Recommendation]
    sections: list[SectionEntry]
    forms: list[FormEntry]
    figures: list[FigureEntry]
    successor: Narrative | None

    @property
    def waiting(self) -> int:
        """Return how many suggestions wait for a verdict: forms, and figures."""
        return sum(not entry.verdict for entry in self.forms) + sum(entry.waits for entry in self.figures)

    @property
    def stated(self) -> int:
        return sum(entry.value is not None for entry in self.figures)

    @property
    def absent(self) -> list[str]:
        there = {entry.section.kind for entry in self.sections}
        there |= {"recommendations"} if self.recommendations else set()
        return [name for kind, name in SECTION_NAMES.items() if kind not in there]


def narrative_page(narrative_id: int) -> NarrativePage | None:
    """Return the narrative, superseded or not, or None if there is none."""
    rows = Narrative.objects.select_related("country", "file", "batch")
    narrative = rows.filter(pk=narrative_id).first()
    if narrative is None:
        return None
    forms, figures = form_entries(narrative), figure_entries(narrative)
    live = Narrative.objects.live().filter(country=narrative.country_id, report_year=narrative.report_year).first()
    return NarrativePage(
        narrative=narrative,
        recommendations=list(narrative.recommendations.all()),
        sections=[
            _section(section, forms, figures)
            for section in narrative.sections.all()
            if section.kind != "recommendations"
        ],
        forms=forms,
        figures=figures,
        successor=live if live != narrative else None,
    )


def form_entries(narrative: Narrative) -> list[FormEntry]:
    newest: dict[int, FormReview] = {}
    for review in FormReview.objects.filter(form__narrative=narrative).select_related("reviewer"):
        newest.setdefault(review.form_id, review)
    first: dict[tuple[str, str], int] = {}
    entries = []
    for number, form in enumerate(narrative.forms.all(), start=1):
        sentence = first.setdefault((form.section, form.sentence), number)
        entries.append(FormEntry(form, number, sentence, newest.get(form.pk)))
    return entries


def figure_entries(narrative: Narrative) -> list[FigureEntry]:
    """Return the figures of a narrative's country and year, in the order of the form; none for a sample."""
    if narrative.is_sample:
        return []
    rows = Observation.objects.live().filter(
        indicator__code__in=FIGURE_CODES,
        country=narrative.country_id,
        period=str(narrative.report_year),
    )
    by_code = {row.indicator.code: row for row in rows.select_related("indicator", "batch__created_by")}
    forms = list(narrative.forms.values_list("sentence", flat=True))
    marks: dict[str, int] = {}
    for number, sentence in enumerate(forms, start=1):
        marks.setdefault(sentence, number)
    entries = []
    for number, (key, spec) in enumerate(BY_KEY.items(), start=len(forms) + 1):
        entry = FigureEntry(key, spec, by_code.get(spec.code), number)
        mark = marks.setdefault(entry.sentence, number) if entry.sentence else 0
        entries.append(replace(entry, mark=mark))
    return entries


def reading_revision(narrative: Narrative) -> str:
    """Return the revision of what an analyst confirms: the newest form and verdict, and the figures on record."""
    forms = narrative.forms.aggregate(newest=Max("pk"), verdict=Max("reviews__pk"))
    figures = [str(entry.observation.pk) for entry in figure_entries(narrative) if entry.observation]
    return "-".join((str(forms["newest"] or 0), str(forms["verdict"] or 0), *figures))


def next_to_confirm(narrative: Narrative) -> Narrative | None:
    """Return the next live narrative of the same report with a form or figure that waits, by name of the country."""
    waiting = to_confirm().filter(report_year=narrative.report_year).exclude(pk=narrative.pk)
    names = sorted(waiting, key=lambda row: row.country.name)
    later = (row for row in names if row.country.name > narrative.country.name)
    return next(later, names[0] if names else None)


def section_of(narrative: Narrative, sentence: str) -> NarrativeSection | None:
    """Return the section that contains a sentence verbatim, except for whitespace, or None."""
    wanted = _plain(sentence)
    return next((row for row in narrative.sections.all() if wanted and wanted in _plain(row.text)), None)


def _section(section: NarrativeSection, forms: list[FormEntry], figures: Sequence[FigureEntry] = ()) -> SectionEntry:
    sentences: dict[str, list[int]] = {}
    for entry in forms:
        if entry.form.section == section.kind:
            sentences.setdefault(entry.form.sentence, []).append(entry.number)
    for figure in figures:
        if figure.mark:
            sentences.setdefault(figure.sentence, []).append(figure.number)
    paragraphs = [part for part in section.text.split("\n") if part.strip()]
    return SectionEntry(
        section, SECTION_NAMES.get(section.kind, section.kind), [segments(part, sentences) for part in paragraphs]
    )


def segments(text: str, sentences: dict[str, list[int]]) -> list[Segment]:
    """Split `text` at the sentences that occur in it verbatim, each with its numbers."""
    spots = sorted((text.find(sentence), sentence) for sentence in sentences if sentence and sentence in text)
    cut, at = [], 0
    for start, sentence in spots:
        if start < at:  # a sentence inside another one is marked with it
            continue
        if start > at:
            cut.append(Segment(text[at:start]))
        cut.append(Segment(sentence, tuple(sentences[sentence])))
        at = start + len(sentence)
    return [*cut, Segment(text[at:])] if at < len(text) else cut


def has_sentence(narrative: Narrative, sentence: str) -> bool:
    """Return True if a narrative contains this sentence verbatim, except for whitespace."""
    wanted = _plain(sentence)
    texts: list[str] = [
        *narrative.sections.values_list("text", flat=True),
        *narrative.recommendations.values_list("text", flat=True),
        *narrative.forms.values_list("sentence", flat=True),
    ]
    return bool(wanted) and any(wanted in _plain(text) for text in texts)


def _plain(text: str) -> str:
    return " ".join(text.split())


_END = re.compile(r"(?<=[.!?])(?<!\bU\.S\.)(?<!\bNo\.)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)[^\w\s(]*\s+(?=[^a-z\d\s])")
"""End of a sentence.

An unlisted abbreviation ends one too early, which leaves two true quotations.
"""


def sentences_of(text: str) -> list[str]:
    return [sentence.strip() for line in text.split("\n") for sentence in _END.split(line) if sentence.strip()]
