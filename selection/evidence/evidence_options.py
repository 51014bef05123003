"""Evidence that a rating may rest on: all data on a candidate's country, selected and never typed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from indicators.models import Narrative
from indicators.queries import SECTION_NAMES, plans_of, programs_of, sentences_of
from selection.countries.queries.country import CountryPage, country_page
from selection.model_definition.criteria_table import Stage
from selection.models import Candidate, Rating, RatingEvidence
from selection.models.ratings import LINKS

PROFILE = "profile"
"""Section of a narrative that describes the forms of trafficking."""

VALUES = "Values of publishers"


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


def key_of(link: RatingEvidence) -> str:
    """Return the key of a piece of evidence, which follows from its content; empty for a document stored elsewhere."""
    if link.narrative_id is not None:
        return f"narrative:{link.narrative_id}:{hashlib.sha256(link.sentence.encode()).hexdigest()[:12]}"
    return next((f"{name}:{pk}" for name in LINKS if (pk := getattr(link, f"{name}_id")) is not None), "")


def copy_of(link: RatingEvidence) -> RatingEvidence:
    """Return the same evidence, to be saved with another rating."""
    return RatingEvidence(**{name: getattr(link, name) for name in (*LINKS, "sentence", "locator", "document")})


class CandidateEvidence:
    """All evidence on one candidate, loaded once for any number of criteria."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate

    def groups(self, criterion: str, own: Rating | None) -> list[OfferGroup]:
        """Return the evidence by kind, the most relevant to the criterion first.

        Evidence of `own` that is no longer offered, such as a replaced value, is in a group of its own.
        """
        wanted = criterion if criterion in SECTION_NAMES else PROFILE if criterion == "forms" else ""
        groups = [
            OfferGroup(label, offers, near=bool(wanted) and kind == wanted) for kind, label, offers in self._sentences
        ]
        near = {"plan": criterion in ("action_plan", "protection_strategy"), "program": criterion == "us_programs"}
        groups += [OfferGroup(label, offers, near=near.get(kind, False)) for kind, label, offers in self._others]
        there = {offer.key for group in groups for offer in group.offers}
        linked = [
            Offer(key_of(link), copy_of(link))
            for link in (own.evidence.all() if own else ())
            if not link.document and key_of(link) not in there
        ]
        if linked:
            groups.insert(0, OfferGroup("Linked earlier, then replaced or removed", linked, near=True))
        return sorted((group for group in groups if group.offers), key=lambda group: not group.near)

    def find(self, key: str, own: Rating | None = None) -> RatingEvidence | None:
        """Return an unsaved piece of evidence by its key: on record about the candidate, or of the rating `own`."""
        found = self._by_key.get(key)
        held = (link for link in (own.evidence.all() if own else ()) if key and key_of(link) == key)
        link = found.evidence if found is not None else next(held, None)
        return None if link is None else copy_of(link)

    @cached_property
    def page(self) -> CountryPage:
        """The facts of the country as known now, by the criteria of the round's model."""
        table = self.candidate.round.model.as_table
        return country_page(self.candidate.country, table, None, as_of=None, stage=Stage.FULL)

    @cached_property
    def narrative(self) -> Narrative | None:
        rows = Narrative.objects.live().filter(country=self.candidate.country_id)
        return rows.prefetch_related("sections", "recommendations").order_by("-report_year").first()

    @property
    def all_offers(self) -> Iterator[Offer]:
        return (offer for _, _, offers in (*self._sentences, *self._others) for offer in offers)

    @cached_property
    def _by_key(self) -> dict[str, Offer]:
        return {offer.key: offer for offer in self.all_offers}

    @cached_property
    def _sentences(self) -> list[tuple[str, str, list[Offer]]]:
        """Kind, label, and sentences of each section of the newest narrative; a sentence is offered once."""
        narrative = self.narrative
        if narrative is None:
            return []
        title, seen = narrative.report, set[str]()
        found = []
        for section in narrative.sections.all():
            if section.kind != "recommendations":
                label = f"{title}: {SECTION_NAMES.get(section.kind, section.kind).lower()}"
                offers = _quoted(narrative, [(text, section.locator) for text in sentences_of(section.text)], seen)
                found.append((section.kind, label, offers))
        asked = [(row.text, row.locator) for row in narrative.recommendations.all()]
        return [*found, ("", f"{title}: recommendations", _quoted(narrative, asked, seen))]

    @cached_property
    def _others(self) -> list[tuple[str, str, list[Offer]]]:
        candidate, country = self.candidate, self.candidate.country
        documents = candidate.documents.filter(replaced_by__isnull=True).order_by("title", "pk")
        links = [
            ("plan", "National plans", [RatingEvidence(plan=plan) for plan in plans_of(country).plans]),
            ("program", "U.S. programs", [RatingEvidence(program=row) for row in programs_of(country).programs]),
            ("paper", "Documents on this candidate", [RatingEvidence(paper=row) for row in documents]),
            ("observation", VALUES, list(self._values())),
        ]
        return [(kind, label, [Offer(key_of(link), link) for link in found]) for kind, label, found in links]

    def _values(self) -> Iterator[RatingEvidence]:
        seen = set()
        for factor in self.page.factors:
            observation = factor.observation
            if observation is not None and observation.pk not in seen:
                seen.add(observation.pk)
                yield RatingEvidence(observation=observation)


def offers(candidate: Candidate, criterion: str, own: Rating | None) -> list[OfferGroup]:
    """Return the evidence on a candidate for one criterion (see `CandidateEvidence.groups`)."""
    return CandidateEvidence(candidate).groups(criterion, own)


def _quoted(narrative: Narrative, texts: Iterable[tuple[str, str]], seen: set[str]) -> list[Offer]:
    found = []
    for sentence, locator in texts:
        link = RatingEvidence(narrative=narrative, sentence=sentence, locator=locator)
        key = key_of(link)
        if key not in seen:
            seen.add(key)
            found.append(Offer(key, link))
    return found
