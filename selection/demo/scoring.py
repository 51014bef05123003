"""Sample rounds up to their score: opened, rated by two people, and scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indicators.models import Narrative, NarrativeSection
from indicators.queries import sentences_of
from selection.demo.people import People
from selection.models import Candidate, RatingEvidence, ScoringModel, SelectionRound
from selection.pool_rules.pools import PoolRule
from selection.ratings.queries import rated_rows
from selection.ratings.services import NewRating, save_ratings
from selection.rounds.services import open_round, score_round, take_round_step

RATIONALE = "Sample reason, written for the demonstration."
DOCUMENT = "Sample document"

MEETS = {"forms": 3, "prosecution": 3, "protection": 3, "prevention": 3}
"""Steps with which a country meets the requirements of the statute."""

DIFFERS = ("prosecution", 1)
"""The cell on which the second rater differs, on the first candidate."""

CITED = "protection"
"""Criterion that the analyst rates on a sentence of the sample narrative, and section that has the sentence."""

RATED = 5
"""Number of candidates that are rated, and one more by the second rater alone."""


def scored_round(
    people: People, model: ScoringModel, title: str, fiscal_year: int, codes: Sequence[str]
) -> SelectionRound:
    """Open a round about these countries, rate the first ones, and score it."""
    found = open_round(
        title=title, fiscal_year=fiscal_year, model=model, rule=PoolRule(only=tuple(codes)), actor=people.analyst
    )
    for name in ("screen", "start_scoring"):
        found = take_round_step(selection_round=found, name=name, actor=people.analyst)
    candidates = list(candidates_of(found).values())
    own = [given for index, row in enumerate(candidates[:RATED]) for given in _ratings(row, index, cites=True)]
    save_ratings(selection_round=found, given=own, actor=people.analyst, hands_in=True)
    # The second rater rates the first two, differs on one cell, and alone has rated one more: the analyst does not see
    # that rating before rating the same.
    criterion, step = DIFFERS
    others = [given for index, row in enumerate(candidates[:2]) for given in _ratings(row, index, {criterion: step})]
    others += [given for row in candidates[RATED : RATED + 1] for given in _ratings(row, RATED)]
    save_ratings(selection_round=found, given=others, actor=people.second, hands_in=True)
    score_round(selection_round=found, actor=people.analyst)
    return found


def candidates_of(selection_round: SelectionRound) -> dict[str, Candidate]:
    """Return the candidates of a round by the code of their country, in the order of its rule."""
    rows = selection_round.candidates.in_pool().select_related("country", "round__model")
    found = {row.country.code: row for row in rows}
    return {code: found[code] for code in selection_round.pool_rule["only"] if code in found}


def sample_sentence(candidate: Candidate, kind: str) -> tuple[NarrativeSection, str] | None:
    """Return the last sentence of a section of the candidate's sample narrative, or None if it has none."""
    sample = next((row for row in Narrative.objects.live().filter(country=candidate.country) if row.is_sample), None)
    section = sample.sections.filter(kind=kind).first() if sample is not None else None
    return (section, sentences_of(section.text)[-1]) if section is not None else None


def _ratings(
    candidate: Candidate, index: int, other: Mapping[str, int] | None = None, *, cites: bool = False
) -> list[NewRating]:
    """Return a rating of each criterion; steps fall with the number of the candidate."""
    quoted = sample_sentence(candidate, CITED) if cites else None
    found = []
    for number, row in enumerate(rated_rows(candidate.round)):
        step = MEETS.get(row.key, (3, 2, 3)[number % 3]) if index < 3 else (2, 1, 2)[(number + index) % 3]
        if index == 0 and other:
            step = other.get(row.key, step)
        link = RatingEvidence(document=DOCUMENT)
        if row.key == CITED and quoted is not None:
            section, text = quoted
            link = RatingEvidence(narrative=section.narrative, sentence=text, locator=section.locator)
        found.append(NewRating(candidate, row.key, step, RATIONALE, (link,)))
    return found
