"""Ratings: independence of raters, permitted evidence, superseding, withdrawing, and pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from indicators.curated.services import record_row
from indicators.models import NationalPlan, Observation
from selection.evidence.evidence_options import offers
from selection.models import Candidate, Rating, RatingEvidence
from selection.ratings import services as ratings_services
from selection.ratings.queries import ratings_of
from selection.rounds import services as rounds_services
from tests.support.accounts import make_account
from tests.support.pages import NARRATIVE, published
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("scoring")]

TEXT = NARRATIVE.replace(
    "TRAFFICKING PROFILE\n",
    "PROTECTION\nThe government increased its sample efforts. Shelters took in more children.\nTRAFFICKING PROFILE\n",
)
WHY = "Cases rose in two years running."


@pytest.fixture
def ghana(office: Office) -> Candidate:
    return office.candidate(office.scored())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, candidate: Candidate, *more: object) -> str:
    return reverse(name, args=[candidate.round_id, candidate.country.code, *more])


def filled(**more: Any) -> dict[str, Any]:
    return {
        "step": "3",
        "rationale": WHY,
        "evidence": [],
        "document": "Annual report of the ministry",
        "revision": "0",
        "idempotency_key": new_key(),
        **more,
    }


# ---- the service -----------------------------------------------------------------------------------------------------


def test_rating_accepts_only_evidence_about_its_country(office: Office, ghana: Candidate, tmp_path: Path) -> None:
    published(tmp_path, TEXT, "ghana_2023.txt")
    narrative = ghana.country.narratives.get()
    kosovo = office.candidate(ghana.round, "XKX")
    plan = record_row(
        row=NationalPlan(country=kosovo.country, kind="action_plan", title="Plan", status="adopted", source="A sample"),
        actor=office.analyst,
    )
    foreign = [
        RatingEvidence(observation=Observation.objects.filter(country=kosovo.country)[0]),
        RatingEvidence(plan=plan),
        RatingEvidence(narrative=narrative, sentence="Nobody ever wrote this."),
    ]
    for link in foreign:
        with pytest.raises(ValidationError) as refused:
            ratings_services.rate(
                candidate=ghana, criterion="protection", step=2, rationale=WHY, evidence=[link], actor=office.analyst
            )
        assert refused.value.error_dict["evidence"][0].code == "evidence"
    assert not Rating.objects.exists()
    sentence = "Shelters took in more children."
    made = ratings_services.rate(
        candidate=ghana,
        criterion="protection",
        step=2,
        rationale=WHY,
        evidence=[RatingEvidence(narrative=narrative, sentence=sentence, locator="line 9")],
        actor=office.analyst,
    )
    assert made.evidence.get().sentence == sentence


def test_a_stale_rating_is_rejected_and_a_repeat_changes_nothing(office: Office, ghana: Candidate) -> None:
    first = office.rate(ghana, step=3)
    assert office.rate(ghana, step=3) == first
    link = [RatingEvidence(document="Annual report of the ministry")]
    rate: dict[str, Any] = {"candidate": ghana, "criterion": "prosecution", "rationale": WHY, "actor": office.analyst}
    with pytest.raises(ValidationError) as refused:
        ratings_services.rate(**rate, step=1, evidence=link, expected_revision="0")
    assert refused.value.code == "changed"
    later = ratings_services.rate(**rate, step=1, evidence=link, expected_revision=str(first.pk))
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert later.superseded_at is None
    other = ratings_services.rate(
        **rate, step=1, evidence=[RatingEvidence(document="Another report")], expected_revision=str(later.pk)
    )
    assert other != later


def test_a_rating_is_withdrawn_by_its_rater_with_a_reason_that_stays(office: Office, ghana: Candidate) -> None:
    made = office.rate(ghana)
    with pytest.raises(ValidationError) as refused:
        ratings_services.withdraw_rating(rating=made, actor=office.second, reason="Wrong")
    assert refused.value.code == "not_own"
    with pytest.raises(ValidationError):
        ratings_services.withdraw_rating(rating=made, actor=office.analyst, reason="  ")
    with pytest.raises(PermissionDenied):
        ratings_services.withdraw_rating(rating=made, actor=office.approver, reason="Wrong")
    ratings_services.withdraw_rating(rating=made, actor=office.analyst, reason="The report was of another year")
    made.refresh_from_db()
    assert made.withdrawn_because == "The report was of another year"
    with pytest.raises(ValidationError) as refused:
        ratings_services.withdraw_rating(rating=made, actor=office.analyst, reason="Again")
    assert refused.value.code == "changed"
    with pytest.raises(DatabaseError), transaction.atomic():
        Rating.objects.filter(pk=made.pk).update(withdrawn_because="Another reason")


def test_raters_judge_apart_and_readers_see_all(office: Office, ghana: Candidate) -> None:
    office.rate(ghana, step=1, actor=office.second)

    def steps_visible_to(user: User) -> list[int | None]:
        found = next(row for row in ratings_of(ghana, user).criteria if row.row.key == "prosecution")
        return [rating.step for rating in found.shown]

    assert steps_visible_to(office.analyst) == []
    assert steps_visible_to(office.approver) == [1]
    office.rate(ghana, step=3)
    assert sorted(step or 0 for step in steps_visible_to(office.analyst)) == [1, 3]
    ratings_services.withdraw_rating(
        rating=Rating.objects.get(rater=office.analyst), actor=office.analyst, reason="To be read again"
    )
    assert steps_visible_to(office.analyst) == []


def test_all_evidence_on_the_country_is_offered_nearest_first(office: Office, ghana: Candidate, tmp_path: Path) -> None:
    published(tmp_path, TEXT, "ghana_2023.txt")
    found = offers(ghana, "protection", None)
    assert found[0].label == "TIP Report 2023: protection"
    assert [group.label for group in found if group.near] == [found[0].label]
    assert [offer.evidence.sentence for offer in found[0].offers] == [
        "The government increased its sample efforts.",
        "Shelters took in more children.",
    ]
    keys = [offer.key for group in found for offer in group.offers]
    assert len(keys) == len(set(keys))
    values = next(group for group in found if group.label == "Values of publishers")
    assert all(offer.evidence.observation.country_id == ghana.country_id for offer in values.offers)  # type: ignore[union-attr]  # values are observations
    assert len(values.offers) > 5


# ---- the pages -------------------------------------------------------------------------------------------------------


def test_rating_with_chosen_evidence_is_saved_once_and_opens_the_next(
    office: Office, ghana: Candidate, tmp_path: Path
) -> None:
    published(tmp_path, TEXT, "ghana_2023.txt")
    client = signed_in(office.analyst)
    address = at("rate", ghana, "prosecution")
    page = client.get(address).text
    for text in (
        "Cases are tried and end in convictions",
        "Not known: the evidence does not say.",
        "The statute asks",
    ):
        assert text in page
    own = offers(ghana, "prosecution", None)
    sentence = own[0].offers[0]
    value = next(group for group in own if group.label == "Values of publishers").offers[0]
    sent = filled(evidence=[sentence.key, value.key], document="", then="next")
    first, second = (client.post(address, sent) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] == at("rate", ghana, "protection")
    made = Rating.objects.get()
    assert {link.sentence for link in made.evidence.all()} == {sentence.evidence.sentence, ""}
    assert value.evidence.observation == made.evidence.get(narrative=None).observation
    page = client.get(at("ratings-of", ghana)).text
    assert sentence.evidence.sentence in page
    assert WHY in page
    dossier = client.get(at("dossier", ghana)).text
    assert 'id="rating-prosecution"' in dossier
    assert sentence.evidence.sentence in dossier


def test_rejected_rating_names_its_field_and_a_conflict_keeps_the_text(office: Office, ghana: Candidate) -> None:
    client = signed_in(office.analyst)
    address = at("rate", ghana, "prosecution")
    answer = client.post(address, filled(document=""))
    assert answer.status_code == 422
    assert "A step needs evidence" in answer.text
    assert client.post(address, filled(step="")).status_code == 422
    assert client.post(address, filled(step="unknown", document="")).status_code == 302
    stale = client.post(address, filled(rationale="Written in another window."))
    assert stale.status_code == 422
    assert "it was rated or withdrawn in another window" in stale.text
    assert "Written in another window." in stale.text
    assert "Now on record from you" in stale.text
    own = Rating.objects.get(superseded_at=None)
    assert f'name="revision" value="{own.pk}"' in stale.text
    client.post(address, filled(revision=str(own.pk)))
    assert Rating.objects.get(superseded_at=None).step == 3
    withdraw = at("rating-withdraw", ghana, "prosecution")
    assert client.get(withdraw).status_code == 200
    sent = {
        "reason": "Read again",
        "revision": str(Rating.objects.get(superseded_at=None).pk),
        "idempotency_key": new_key(),
    }
    assert [client.post(withdraw, sent).status_code for _ in range(2)] == [302, 302]
    assert not Rating.objects.filter(superseded_at=None).exists()
    assert "Read again" in client.get(at("ratings-of", ghana)).text
    assert client.get(withdraw).status_code == 302


def test_overview_shows_median_spread_raters_and_missing_ratings(office: Office, ghana: Candidate) -> None:
    office.rate(ghana, step=1)
    office.rate(ghana, step=4, actor=office.second)
    office.rate(ghana, "forms", step=2, actor=office.second)
    address = reverse("round-ratings-all", args=[ghana.round_id])
    page = signed_in(office.analyst).get(address).text
    assert "median 2.5 of 4, 2 ratings, 1 to 4, spread 2.1" in page
    assert "1 rating, shown once you have rated" in page
    assert "median 2 of 4" not in page
    readers = signed_in(office.approver).get(address).text
    assert "median 2 of 4, 1 rating" in readers
    assert signed_in(office.analyst).get(f"{address}?q=nowhere").text.count("No candidate matches") == 1
    rows = b"".join(signed_in(office.approver).get(f"{address}?format=csv")).decode("utf-8-sig").splitlines()
    assert any(line.startswith("Ghana,GHA,Political will: prosecution") and ",2.5," in line for line in rows)
    assert signed_in(office.analyst).get(f"{address}?format=pdf").status_code == 400
    assert signed_in(office.analyst).get(f"{address}?show=all").status_code == 400


@pytest.mark.parametrize(("role", "reads", "rates"), [(Role.VIEWER, 200, 403), (Role.REVIEWER, 404, 404)])
def test_who_reads_ratings_and_who_rates(office: Office, ghana: Candidate, role: Role, reads: int, rates: int) -> None:
    client = signed_in(make_account(role, username="somebody"))
    assert client.get(reverse("round-ratings", args=[ghana.round_id])).status_code == reads
    assert client.get(at("ratings-of", ghana)).status_code == reads
    for name in ("rate", "rating-withdraw"):
        assert client.get(at(name, ghana, "prosecution")).status_code == rates
        assert client.post(at(name, ghana, "prosecution"), filled()).status_code == rates
    assert not Rating.objects.exists()


def test_unknown_criterion_or_candidate_is_not_found(office: Office, ghana: Candidate) -> None:
    client = signed_in(office.analyst)
    assert client.get(at("rate", ghana, "cpi")).status_code == 404
    assert client.get(reverse("rate", args=[ghana.round_id, "ZZZ", "forms"])).status_code == 404
    america = office.candidate(ghana.round, "USA")
    assert client.get(at("rate", america, "forms")).status_code == 302
    assert client.post(at("rate", america, "forms"), filled()).status_code == 302
    assert not Rating.objects.exists()


def test_a_reviewer_sees_ratings_and_evidence_but_not_rationales(office: Office, ghana: Candidate) -> None:
    office.step(ghana.round, "open_consultation")
    office.rate(ghana, step=3)
    labor = office.agency()
    office.ask(office.candidate(ghana.round).round, labor)
    client = signed_in(office.member(labor))
    page = client.get(at("dossier", ghana)).text
    assert "3 of 4" in page
    assert "Annual report of the ministry" in page
    assert WHY not in page
    assert client.get(reverse("dossier", args=[ghana.round_id, "CIV"])).status_code == 404


def test_dossier_hides_other_ratings_and_their_score_until_the_reader_rates(office: Office, ghana: Candidate) -> None:
    office.rate(ghana, step=1, actor=office.second)
    rounds_services.score_round(selection_round=ghana.round, actor=office.analyst)
    client = signed_in(office.analyst)
    address = at("dossier", ghana)

    def row(page: str) -> str:
        return page.split(">Political will: prosecution<", 1)[1].split("</tr>", 1)[0]

    page = client.get(address).text
    assert "Shown once you have rated it" in row(page)
    assert "Rated 1 of 4" not in page
    assert "Political will: prosecution: a rating was added or withdrawn" in page
    lines = b"".join(client.get(f"{address}?format=csv")).decode("utf-8-sig").splitlines()
    assert next(line for line in lines if line.startswith("Political will: prosecution")).count("0.25") == 0
    assert "Rated 1 of 4" in row(signed_in(office.approver).get(address).text)
    office.rate(ghana, step=1)
    assert "Rated 1 of 4" in row(client.get(address).text)


def test_round_page_warns_of_a_stale_score_and_shows_statutory_criteria(office: Office, ghana: Candidate) -> None:
    client, address = signed_in(office.analyst), reverse("round", args=[ghana.round_id])
    assert "The score is older than the ratings" not in client.get(address).text
    for criterion in ("prosecution", "protection", "prevention"):
        office.rate(ghana, criterion, 3)
    page = " ".join(client.get(address).text.split())
    assert "3 ratings added or withdrawn since score 1." in page
    assert "Commitment not known" in page
    assert "Commitment met" not in page
    assert "Desk screen: " in page
    client.post(reverse("round-score", args=[ghana.round_id]))
    page = client.get(address).text
    assert "The score is older than the ratings" not in page
    assert page.count("Commitment met") == 1
    office.rate(ghana, "protection", 1)
    client.post(reverse("round-score", args=[ghana.round_id]))
    assert page.count("Commitment met") - client.get(address).text.count("Commitment met") == 1
    dossier = client.get(at("dossier", ghana)).text
    assert "What the statute requires, regardless of score" in dossier
    assert "Political will: protection: rated 2 or more" in dossier


def test_overviews_take_the_same_queries_however_many_candidates_there_are(
    office: Office, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few = office.scored(only=("GHA",), title="Few")
    many = office.step(office.open(only=("GHA", "CIV", "XKX", "TCD", "ROU"), title="Many"), "screen")
    client = signed_in(office.second)
    for found in (few, many):
        for candidate in found.candidates.in_pool().select_related("country", "round__model"):
            office.rate(candidate, step=2)
    for name in ("round-ratings", "round-ratings-all", "round-restrictions"):
        addresses = [reverse(name, args=[found.pk]) for found in (few, many)]
        client.get(addresses[0])
        with CaptureQueriesContext(connection) as first:
            client.get(addresses[0])
        with django_assert_num_queries(len(first)):
            client.get(addresses[1])
