"""Findings on the criteria of 22 U.S.C. 7103a(d)(5), each with what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cpc.web import formats
from selection.decisions.memo.wording import joined, sentence
from selection.model_definition.statutory_criteria import Condition, StatutoryAnswer, StatutoryCriterion
from selection.models import Rating, RatingEvidence
from selection.runs.labels import lowered

FOUND, ON_FORMS, NOT_FOUND, NO_FINDING = "Found", "Found, on forms", "Not found", "No finding"
UNITS: Mapping[str, str] = {"prevalence": "per 1,000"}
"""Units of criteria whose condition tests a published value."""
LETTERS: Mapping[str, str] = {"prevalence": "(A) Prevalence", "commitment": "(B) Commitment"}


def name_in_text(key: str) -> str:
    """Return a criterion as a sentence names it: "prevalence"."""
    return LETTERS.get(key, key).rpartition(") ")[2].lower()


def heading_of(criterion: StatutoryCriterion) -> str:
    """Return the name of a criterion as the memo's rows have it, with its letter in the statute."""
    return LETTERS.get(criterion.key, criterion.label)


def word_of(criterion: StatutoryCriterion) -> str:
    if criterion.answer is StatutoryAnswer.NOT_MET:
        return NOT_FOUND
    if criterion.answer is StatutoryAnswer.NOT_KNOWN:
        return NO_FINDING
    met = {condition.row.key for condition in criterion.conditions if condition.answer is StatutoryAnswer.MET}
    return ON_FORMS if met == {"forms"} and len(criterion.conditions) > 1 else FOUND


def finding_of(criterion: StatutoryCriterion, ratings: Sequence[Rating] = ()) -> dict[str, Any]:
    """Return one finding as a row of the memo: its word, and the values, ratings, and texts that it rests on."""
    word = word_of(criterion)
    return {
        "key": criterion.key,
        "name": heading_of(criterion),
        "citation": criterion.citation,
        "word": word,
        "lead": f"{word}.",
        "text": joined([_conditions(criterion), _rests_on(ratings)]),
        "brief": _brief(criterion),
    }


def _conditions(criterion: StatutoryCriterion) -> str:
    rated = [c for c in criterion.conditions if c.row.function["kind"] == "rubric" and c.u is not None]
    asks = {condition.asks for condition in rated}
    if len(rated) == len(criterion.conditions) > 1 and len(asks) == 1:
        values = ", ".join(f"{_short(condition).lower()} {_step(condition)}" for condition in rated)
        return sentence(f"{values} ({asks.pop().removeprefix('rated ')} is asked of each)")
    return joined(sentence(_condition(condition, criterion)) for condition in criterion.conditions)


def _condition(condition: Condition, criterion: StatutoryCriterion) -> str:
    label = condition.row.label
    if condition.u is None:
        return f"{label}: {'not rated' if condition.row.function['kind'] == 'rubric' else 'not published'}"
    if condition.row.function["kind"] == "rubric":
        value = f"{label} rated {_step(condition)}"
    else:
        value = f"{label}: {_published(condition)}"
    asked = f"{value} ({condition.asks.removeprefix('rated ').removeprefix('at ')} is asked)"
    alone = criterion.needs < len(criterion.conditions) and criterion.answer is StatutoryAnswer.MET
    if alone and condition.answer is StatutoryAnswer.NOT_MET:
        return f"{asked}, which alone would not meet the test"
    return asked


def _brief(criterion: StatutoryCriterion) -> str:
    """Return the finding for a cell of a table: "Not found: prosecution 1"."""
    word = word_of(criterion)
    wanted = {FOUND: StatutoryAnswer.MET, ON_FORMS: StatutoryAnswer.MET, NOT_FOUND: StatutoryAnswer.NOT_MET}
    answer = wanted.get(word, StatutoryAnswer.NOT_KNOWN)
    parts = [_in_brief(condition) for condition in criterion.conditions if condition.answer is answer]
    return f"{word}: {', '.join(parts)}" if parts else word


def _in_brief(condition: Condition) -> str:
    if condition.u is None:
        return f"{_short(condition).lower()} not known"
    if condition.row.function["kind"] == "rubric":
        return f"{_short(condition).partition(' of ')[0].lower()} {_step(condition)}"
    return _published(condition).partition(" in ")[0]


def _published(condition: Condition) -> str:
    """Return the published value with its unit and year: "2.9 per 1,000 in 2021"."""
    if not condition.states:
        return formats.number(condition.u, 2)
    value, _, year = condition.states.partition(" published for ")
    return joined([value, UNITS.get(condition.row.key, ""), f"in {year}" if year else ""])


def _short(condition: Condition) -> str:
    """Return the label of a condition without its group: "Prosecution" for "Political will: prosecution"."""
    label = condition.row.label.rpartition(": ")[2]
    return f"{label[:1].upper()}{label[1:]}"


def _step(condition: Condition) -> str:
    function = condition.row.function
    step = (condition.u or 0) * (function["upper"] - function["lower"]) + function["lower"]
    return f"{round(step, 2):g}"


def _rests_on(ratings: Sequence[Rating]) -> str:
    """Return the raters and the texts that the ratings cite: "Rated by 2, on TIP Report 2024 (3 sentences)"."""
    if not ratings:
        return ""
    raters = len({rating.rater_id for rating in ratings})
    cited = list(dict.fromkeys(_cited(link) for rating in ratings for link in rating.evidence.all()))
    counts = Counter(name for name, _ in cited)
    quoted = {name for name, text in cited if text}
    names = [
        f"{name} ({formats.count_of(count, 'sentence')})" if name in quoted else name for name, count in counts.items()
    ]
    return sentence(f"Rated by {raters}, on {formats.listing(names)}") if names else sentence(f"Rated by {raters}")


def _cited(link: RatingEvidence) -> tuple[str, object]:
    """Return what a piece of evidence is called, and what tells it from others of that name."""
    if link.narrative is not None:
        return link.narrative.the_report, link.sentence
    if link.observation is not None:
        return f"{lowered(link.observation.indicator.name)} {link.observation.period}", ""
    return (link.document or str(link.paper or link.plan or link.program)), ""
