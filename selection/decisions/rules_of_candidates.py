"""Rules about candidates: score, ratings, findings of the statute, restrictions, tiers, and recommendations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse

from cpc.web import formats
from selection.decisions.standing import DECIDING, Obstacle, Standing, Step, Weight
from selection.model_definition.statutory_criteria import StatutoryAnswer, findings
from selection.models import Candidate, RoundState
from selection.restrictions.checklist import RestrictionStatus, Scope, State

DECISION = frozenset({Step.MEMO, Step.DECISION})
SCORED = DECIDING | {Step.OPEN_CONSULTATION, Step.DELIBERATE}
UNCONFIRMED = "unconfirmed"


def scored(standing: Standing) -> Iterator[Obstacle]:
    """Require a full score of the current pool, as new as its ratings."""
    url = reverse("round", args=[standing.round.pk])
    if standing.run is None:
        yield Obstacle(
            "not_scored", "not_scored", Weight.STOPS, "This round has no full score.", "Compute one.", url, "Compute",
            blocks=SCORED,
        )  # fmt: skip
        return
    known = set(standing.run.run.inputs.get("candidates", ()))
    left = [candidate for candidate in standing.candidates if candidate.country.code not in known]
    if left:
        names = formats.listing([candidate.country.name for candidate in left])
        yield Obstacle(
            "score_stale", "score_stale", Weight.STOPS, f"The score does not include {names}.", "Compute it again.",
            url, "Compute", tuple(candidate.pk for candidate in left), SCORED,
        )  # fmt: skip
    if standing.rerated:
        yield Obstacle(
            "score_older", "score_older", Weight.STOPS,
            f"The score is older than {formats.count_of(standing.rerated, 'rating')}.", "Compute it again.", url,
            "Compute", blocks=DECISION,
        )  # fmt: skip


def ratings_complete(standing: Standing) -> Iterator[Obstacle]:
    """Print missing ratings. They stop the memo where a finding on the statute is not possible without them."""
    missing = {key: len(criteria) for key, criteria in standing.unrated.items() if criteria}
    cells = len(standing.candidates) * standing.rated_criteria
    unknown = [
        candidate for candidate in standing.candidates
        if any(c.answer is StatutoryAnswer.NOT_KNOWN for c in standing.statutory_criteria.get(candidate.pk, ()))
    ]  # fmt: skip
    url = reverse("round-ratings", args=[standing.round.pk])
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
            f"{formats.listing(standing.named(rest), most=4)}. They are drawn over the whole scale.",
            url, "Rate", tuple(rest),
        )  # fmt: skip
    if cells and not missing:
        yield Obstacle("rated", "rated", Weight.FINE, f"Ratings: all {cells} are in.")


def statute_met(standing: Standing) -> Iterator[Obstacle]:
    """Require that a country to be selected meets both statutory criteria; no weight or rank makes up for them."""
    for candidate in standing.candidates:
        if candidate.pk not in standing.selecting:
            continue
        for finding in findings(standing.statutory_criteria.get(candidate.pk, ())):
            if finding.code != "mandatory_not_met":
                continue  # an unknown one is a rule of its own, for every kind of decision
            yield Obstacle(
                f"mandatory_not_met:{candidate.pk}:{finding.field}", finding.code, Weight.STOPS,
                f"{candidate.country.name} does not meet the statute.", finding.message,
                reverse("ratings-of", args=[standing.round.pk, candidate.country.code]), "Open the ratings",
                (candidate.pk,), DECISION, finding.citation, finding.field,
            )  # fmt: skip


TOLD = {
    State.BARS: ("restriction_bars", "A restriction bars {}.", "{} bars"),
    State.EXPIRED: ("restriction_expired", "Reviews of restrictions have expired for {}.", "{} expired"),
    State.NOT_REVIEWED: ("restrictions_not_reviewed", "Restrictions are not reviewed for {}.", "{} not reviewed"),
}
"""States of a restriction that are against a country: code, title, and the count of one country."""


def restrictions_reviewed(standing: Standing) -> Iterator[Obstacle]:
    """Require reviews of restrictions, none of which bars, for a country to be selected; print them for any other."""
    checked = 0
    for state, (code, title, counted) in TOLD.items():
        against = {
            candidate: standing.restrictions[candidate.country_id].by_state(state) for candidate in standing.candidates
        }
        for is_selected in (True, False):
            found = {c: rows for c, rows in against.items() if rows and (c.pk in standing.selecting) is is_selected}
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
    if standing.candidates and not checked:
        yield _all_reviewed(standing)


def _details(found: Mapping[Candidate, Sequence[RestrictionStatus]], counted: str, state: State) -> str:
    if state is State.NOT_REVIEWED:
        parts = [f"{c.country.name}: {counted.format(len(rows))}" for c, rows in found.items()]
    else:
        parts = [f"{c.country.name}: {formats.listing([row.name for row in rows])}" for c, rows in found.items()]
    return f"{'; '.join(parts)}."


def _all_reviewed(standing: Standing) -> Obstacle:
    reviews = [
        status.review for row in standing.restrictions.values() for status in row.statuses
        if status.review is not None and status.restriction.is_required_for(Scope.COUNTRY)
    ]  # fmt: skip
    number = sum(
        status.restriction.is_required_for(Scope.COUNTRY)
        for status in next(iter(standing.restrictions.values())).statuses
    )
    newest, until = max(review.reviewed_on for review in reviews), min(review.expires_on for review in reviews)
    return Obstacle(
        "restrictions", "restrictions", Weight.FINE,
        f"Restrictions: all {number} reviewed for {formats.count_of(len(standing.candidates), 'candidate')}.",
        f"Newest review {formats.day(newest)}; valid until {formats.day(until)}.", about="restrictions",
    )  # fmt: skip


def tiers_confirmed(standing: Standing) -> Iterator[Obstacle]:
    """Print the tiers that rest on a list of others, not on the report itself."""
    weak = [
        candidate for candidate in standing.candidates
        if (score := standing.scores.get(candidate.country_id)) is not None and score.tier_quality == UNCONFIRMED
    ]  # fmt: skip
    if weak:
        yield Obstacle(
            "tiers_unconfirmed", "tiers_unconfirmed", Weight.PRINTS,
            f"{formats.spell_out(len(weak), 'tier rests', 'tiers rest')} on one third-party list.",
            f"{formats.listing([candidate.country.name for candidate in weak])}.", f"{reverse('imports')}#upload",
            "Confirm", tuple(candidate.pk for candidate in weak),
        )  # fmt: skip


def not_partners(standing: Standing) -> Iterator[Obstacle]:
    """Print an existing partnership with a country to be selected. Overlap is allowed with a stated reason."""
    for candidate in standing.candidates:
        text = standing.partners.get(candidate.country.code)
        if text and candidate.pk in standing.selecting:
            yield Obstacle(
                f"partner:{candidate.pk}", "partner", Weight.PRINTS,
                f"{candidate.country.name} is already a partner.", text,
                reverse("country", args=[candidate.country.code]), "Open", (candidate.pk,), about="pool",
            )  # fmt: skip


def recommended(standing: Standing) -> Iterator[Obstacle]:
    """Require a recommendation on each candidate before the memo, once the round deliberates."""
    if standing.round.state != RoundState.DELIBERATION:
        return
    left = [candidate for candidate in standing.candidates if candidate.pk not in standing.recommended]
    if left:
        yield Obstacle(
            "recommendations_missing", "recommendations_missing", Weight.STOPS,
            f"{formats.spell_out(len(left), 'candidate has', 'candidates have')} no recommendation.",
            f"{formats.listing([candidate.country.name for candidate in left], most=6)}.",
            reverse("round-deliberation", args=[standing.round.pk]), "Recommend",
            tuple(candidate.pk for candidate in left), frozenset({Step.MEMO}),
        )  # fmt: skip
