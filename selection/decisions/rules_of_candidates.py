"""Rules about candidates: score, ratings, findings of the statute, restrictions, tiers, and recommendations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse

from cpc.web import formats
from selection.decisions.round_facts import DECIDING, Obstacle, RoundFacts, Step, Weight
from selection.model_definition.statutory_criteria import StatutoryAnswer, findings
from selection.models import Candidate, RoundState
from selection.restrictions.checklist import RestrictionStatus, Scope, State

DECISION = frozenset({Step.MEMO, Step.DECISION})
SCORED = DECIDING | {Step.OPEN_CONSULTATION, Step.DELIBERATE}
UNCONFIRMED = "unconfirmed"


def scored(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require a full score of the current pool, as new as its ratings."""
    url = reverse("round", args=[facts.round.pk])
    if facts.run is None:
        yield Obstacle(
            "not_scored", "not_scored", Weight.STOPS, "This round has no full score.", "Compute one.", url, "Compute",
            blocks=SCORED,
        )  # fmt: skip
        return
    known = set(facts.run.run.inputs.get("candidates", ()))
    left = [candidate for candidate in facts.candidates if candidate.country.code not in known]
    if left:
        names = formats.listing([candidate.country.name for candidate in left])
        yield Obstacle(
            "score_stale", "score_stale", Weight.STOPS, f"The score does not include {names}.", "Compute it again.",
            url, "Compute", tuple(candidate.pk for candidate in left), SCORED,
        )  # fmt: skip
    if facts.rerated:
        yield Obstacle(
            "score_older", "score_older", Weight.STOPS,
            f"The score is older than {formats.count_of(facts.rerated, 'rating')}.", "Compute it again.", url,
            "Compute", blocks=DECISION,
        )  # fmt: skip


def ratings_complete(facts: RoundFacts) -> Iterator[Obstacle]:
    """Print missing ratings. They stop the memo where a finding on the statute is not possible without them."""
    missing = {key: len(criteria) for key, criteria in facts.unrated.items() if criteria}
    cells = len(facts.candidates) * facts.rated_criteria
    unknown = [
        candidate for candidate in facts.candidates
        if any(c.answer is StatutoryAnswer.NOT_KNOWN for c in facts.statutory_criteria.get(candidate.pk, ()))
    ]  # fmt: skip
    url = reverse("round-ratings", args=[facts.round.pk])
    if unknown:
        names = formats.listing([candidate.country.name for candidate in unknown], most=4)
        left = sum(missing.get(candidate.pk, 0) for candidate in unknown)
        counted = f"{left} of {cells} ratings {formats.agree(left, 'is', 'are')} missing. " if left else ""
        yield Obstacle(
            "mandatory_not_known", "mandatory_not_known", Weight.STOPS,
            f"A finding on the statute is not possible for {names}.",
            f"{counted}Rate or import what is missing, then compute the score again.", url, "Rate",
            tuple(candidate.pk for candidate in unknown), DECISION, "22 U.S.C. 7103a(d)(5)", "statute",
        )  # fmt: skip
    rest = {key: count for key, count in missing.items() if key not in {candidate.pk for candidate in unknown}}
    if rest:
        total = sum(rest.values())
        yield Obstacle(
            "ratings_missing", "ratings_missing", Weight.PRINTS,
            f"{total} of {cells} ratings {formats.agree(total, 'is', 'are')} missing.",
            f"{formats.listing(facts.named(rest), most=4)}. They are drawn over the whole scale.",
            url, "Rate", tuple(rest),
        )  # fmt: skip
    if cells and not missing:
        yield Obstacle("rated", "rated", Weight.FINE, f"Ratings: all {cells} are in.")


def statute_met(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require that a country to be selected meets both statutory criteria; no weight or rank makes up for them."""
    for candidate in facts.candidates:
        if candidate.pk not in facts.selecting:
            continue
        for finding in findings(facts.statutory_criteria.get(candidate.pk, ())):
            if finding.code != "mandatory_not_met":
                continue  # an unknown one is a rule of its own, for every kind of decision
            yield Obstacle(
                f"mandatory_not_met:{candidate.pk}:{finding.field}", finding.code, Weight.STOPS,
                f"{candidate.country.name} does not meet the statute.", finding.message,
                reverse("ratings-of", args=[facts.round.pk, candidate.country.code]), "Open the ratings",
                (candidate.pk,), DECISION, finding.citation, finding.field,
            )  # fmt: skip


TOLD = {
    State.BARS: ("restriction_bars", "A restriction bars {}.", "{} bars"),
    State.EXPIRED: ("restriction_expired", "Reviews of restrictions have expired for {}.", "{} expired"),
    State.NOT_REVIEWED: ("restrictions_not_reviewed", "Restrictions are not reviewed for {}.", "{} not reviewed"),
}
"""States of a restriction that are against a country: code, title, and the count of one country."""


def restrictions_reviewed(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require reviews of restrictions, none of which bars, for a country to be selected; print them for any other."""
    checked = 0
    for state, (code, title, counted) in TOLD.items():
        against = {
            candidate: facts.restrictions[candidate.country_id].by_state(state) for candidate in facts.candidates
        }
        for is_selected in (True, False):
            found = {c: rows for c, rows in against.items() if rows and (c.pk in facts.selecting) is is_selected}
            if not found:
                continue
            checked += len(found)
            first = next(iter(found))
            yield Obstacle(
                f"{code}:{'select' if is_selected else 'other'}", code, Weight.STOPS if is_selected else Weight.PRINTS,
                title.format(formats.listing([c.country.name for c in found], most=4)),
                _details(found, counted, state), reverse("restrictions", args=[first.country.code]), "Review",
                tuple(c.pk for c in found), DECISION if is_selected else frozenset(), about="restrictions",
            )  # fmt: skip
    if facts.candidates and not checked:
        yield _all_reviewed(facts)


def _details(found: Mapping[Candidate, Sequence[RestrictionStatus]], counted: str, state: State) -> str:
    if state is State.NOT_REVIEWED:
        counts = {len(rows) for rows in found.values()}
        if len(counts) == 1 and len(found) > 1:
            return f"For each: {counted.format(counts.pop())}."
        parts = [f"{c.country.name}: {counted.format(len(rows))}" for c, rows in found.items()]
    else:
        parts = [f"{c.country.name}: {formats.listing([row.name for row in rows])}" for c, rows in found.items()]
    return f"{'; '.join(parts)}."


def _all_reviewed(facts: RoundFacts) -> Obstacle:
    reviews = [
        status.review for row in facts.restrictions.values() for status in row.statuses
        if status.review is not None and status.restriction.is_required_for(Scope.COUNTRY)
    ]  # fmt: skip
    number = sum(
        status.restriction.is_required_for(Scope.COUNTRY) for status in next(iter(facts.restrictions.values())).statuses
    )
    newest, until = max(review.reviewed_on for review in reviews), min(review.expires_on for review in reviews)
    return Obstacle(
        "restrictions", "restrictions", Weight.FINE,
        f"Restrictions: all {number} reviewed for {formats.count_of(len(facts.candidates), 'candidate')}.",
        f"Newest review {formats.day(newest)}; valid until {formats.day(until)}.", about="restrictions",
    )  # fmt: skip


def tiers_confirmed(facts: RoundFacts) -> Iterator[Obstacle]:
    """Print the tiers that rest on a list of others, not on the report itself."""
    weak = [
        candidate for candidate in facts.candidates
        if (score := facts.scores.get(candidate.country_id)) is not None and score.tier_quality == UNCONFIRMED
    ]  # fmt: skip
    if weak:
        yield Obstacle(
            "tiers_unconfirmed", "tiers_unconfirmed", Weight.PRINTS,
            f"{formats.spell_out(len(weak), 'tier rests', 'tiers rest')} on one third-party list.",
            f"{formats.listing([candidate.country.name for candidate in weak])}.", f"{reverse('imports')}#upload",
            "Confirm", tuple(candidate.pk for candidate in weak),
        )  # fmt: skip


def not_partners(facts: RoundFacts) -> Iterator[Obstacle]:
    """Print an existing partnership with a country to be selected. Overlap is allowed with a stated reason."""
    for candidate in facts.candidates:
        text = facts.partners.get(candidate.country.code)
        if text and candidate.pk in facts.selecting:
            yield Obstacle(
                f"partner:{candidate.pk}", "partner", Weight.PRINTS,
                f"{candidate.country.name} is already a partner.", text,
                reverse("country", args=[candidate.country.code]), "Open", (candidate.pk,), about="pool",
            )  # fmt: skip


def recommended(facts: RoundFacts) -> Iterator[Obstacle]:
    """Require a recommendation on each candidate before the memo, once the round deliberates."""
    if facts.round.state != RoundState.DELIBERATION:
        return
    left = [candidate for candidate in facts.candidates if candidate.pk not in facts.recommended]
    if left:
        yield Obstacle(
            "recommendations_missing", "recommendations_missing", Weight.STOPS,
            f"{formats.spell_out(len(left), 'candidate has', 'candidates have')} no recommendation.",
            f"{formats.listing([candidate.country.name for candidate in left], most=6)}.",
            reverse("round-deliberation", args=[facts.round.pk]), "Recommend",
            tuple(candidate.pk for candidate in left), frozenset({Step.MEMO}),
        )  # fmt: skip
