"""Evidence that a rating may rest on: all data on a candidate's country, selected and never typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from indicators.models import Narrative
from indicators.queries import SECTION_NAMES, plans_of, programs_of, sentences_of
from selection.countries.queries.country import country_page
from selection.model_definition.criteria_table import Stage
from selection.models import Candidate, Rating, RatingEvidence
from selection.models.ratings import LINKS

PROFILE = "profile"
"""Section of a narrative that describes the forms of trafficking."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One piece of evidence to select; `evidence` is not saved.

    `key` is stable as long as the evidence exists.
    """

    key: str
    evidence: RatingEvidence


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """Options of one kind. `near` is True if the criterion is mostly judged by them."""

    label: str
    offers: Sequence[Offer]
    near: bool = False


def offers(candidate: Candidate, criterion: str, own: Rating | None) -> list[OfferGroup]:
    """Return the evidence on a candidate by kind, the most relevant to the criterion first.

    Evidence of `own` that is no longer offered, such as a replaced value, is in a group of its own.
    """
    groups = [
        *_sentences(candidate, criterion),
        OfferGroup(
            "National plans",
            [Offer(f"plan:{plan.pk}", RatingEvidence(plan=plan)) for plan in plans_of(candidate.country).plans],
            near=criterion in ("action_plan", "protection_strategy"),
        ),
        OfferGroup(
            "U.S. programs",
            [
                Offer(f"program:{row.pk}", RatingEvidence(program=row))
                for row in programs_of(candidate.country).programs
            ],
            near=criterion == "us_programs",
        ),
        OfferGroup(
            "Documents on this candidate",
            [
                Offer(f"paper:{document.pk}", RatingEvidence(paper=document))
                for document in candidate.documents.filter(replaced_by__isnull=True).order_by("title", "pk")
            ],
        ),
        OfferGroup("Values of publishers", [*_values(candidate)]),
    ]
    there = {offer.evidence.content for group in groups for offer in group.offers}
    linked = [
        Offer(
            f"linked:{link.pk}",
            RatingEvidence(**{name: getattr(link, name) for name in (*LINKS, "sentence", "locator")}),
        )
        for link in (own.evidence.all() if own else ())
        if not link.document and link.content not in there
    ]
    if linked:
        groups.insert(0, OfferGroup("Linked earlier, then replaced or removed", linked, near=True))
    return sorted((group for group in groups if group.offers), key=lambda group: not group.near)


def _sentences(candidate: Candidate, criterion: str) -> Iterator[OfferGroup]:
    """Yield the sentences of the newest narrative, one group per section."""
    rows = Narrative.objects.live().filter(country=candidate.country_id).prefetch_related("sections", "recommendations")
    narrative = rows.order_by("-report_year").first()
    if narrative is None:
        return
    title = f"TIP Report {narrative.report_year}"
    wanted = criterion if criterion in SECTION_NAMES else PROFILE if criterion == "forms" else ""
    for section in narrative.sections.all():
        if section.kind == "recommendations":
            continue
        quoted = _quoted(narrative, f"s{section.pk}", sentences_of(section.text), section.locator)
        label = f"{title}: {SECTION_NAMES.get(section.kind, section.kind).lower()}"
        yield OfferGroup(label, quoted, near=section.kind == wanted)
    quoted = [
        offer
        for number, row in enumerate(narrative.recommendations.all())
        for offer in _quoted(narrative, f"r{number}", [row.text], row.locator)
    ]
    yield OfferGroup(f"{title}: recommendations", quoted)


def _quoted(narrative: Narrative, part: str, sentences: Iterable[str], locator: str) -> list[Offer]:
    return [
        Offer(
            f"narrative:{narrative.pk}:{part}:{number}",
            RatingEvidence(narrative=narrative, sentence=sentence, locator=locator),
        )
        for number, sentence in enumerate(sentences)
    ]


def _values(candidate: Candidate) -> Iterator[Offer]:
    table = candidate.round.model.as_table
    page = country_page(candidate.country, table, None, as_of=None, stage=Stage.FULL)
    seen = set()
    for factor in page.factors:
        observation = factor.observation
        if observation is not None and observation.pk not in seen:
            seen.add(observation.pk)
            yield Offer(f"observation:{observation.pk}", RatingEvidence(observation=observation))
