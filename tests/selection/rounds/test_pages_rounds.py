"""Pages of rounds: opening, pool, steps, scores, and the dossier of a candidate."""

from __future__ import annotations

import re
from statistics import stdev
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from selection.candidates.queries import round_page
from selection.models import Candidate, RoundState, ScoreRun, ScoringModel, SelectionRound
from selection.pool_rules.pools import PoolRule
from selection.rounds import services as rounds_services
from selection.runs.rows import ranking_of
from tests.partnerships.sending import filled_fields, send
from tests.support.accounts import make_account
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked(**more: Any) -> dict[str, Any]:
    return {
        "title": "Round 1",
        "fiscal_year": "2027",
        "model": str(ScoringModel.objects.get(state="published").pk),
        "reference_date": ON.isoformat(),
        "income_classes": ["L", "LM", "UM"],
        "unclassed_may": "on",
        "leave_out_partners": "on",
        "only": "Ghana\nCIV\nKosovo",
        "idempotency_key": new_key(),
        **more,
    }


@pytest.mark.world("scoring")
def test_the_parts_of_a_full_score_hold_every_point_of_it(office: Office) -> None:
    found = office.scored()
    for criterion in ("prosecution", "commit_us", "action_plan"):
        office.rate(office.candidate(found), criterion)
    run = rounds_services.score_round(selection_round=found, actor=office.analyst).run
    ranking = ranking_of(run)
    for row in ranking.ranked:
        assert sum(row.points) == pytest.approx(row.score)
    assert "commit_us" not in {row.key for row in ranking.unrated}
    assert "commit_me" in {row.key for row in ranking.unrated}
    assert office.candidate(found).country.name in signed_in(office.analyst).get(reverse("round", args=[found.pk])).text


def test_a_round_is_opened_once_from_the_page_and_its_pool_drawn(office: Office) -> None:
    client = signed_in(office.analyst)
    assert "No rounds yet" in client.get(reverse("rounds")).text
    sent = asked()
    first, second = (client.post(reverse("round-new"), sent) for _ in range(2))
    found = SelectionRound.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == reverse("round", args=[found.pk])
    assert "The pool is not drawn yet" in client.get(reverse("round-pool", args=[found.pk])).text
    client.post(reverse("round-step", args=[found.pk, "screen"]), {"source": "draft", "idempotency_key": new_key()})
    page = client.get(reverse("round-pool", args=[found.pk]) + "?because=pool").text
    assert re.search(r"3 of \d+ countries", page), page[page.index("<output") :][:200]
    assert "Côte d" in page
    page = client.get(reverse("round-pool", args=[found.pk]) + "?because=not_candidate").text
    assert "The United States is the other participant of every partnership." in page


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"only": "Ghana\nAtlantis"}, "line 2, “Atlantis”"),
        ({"fiscal_year": "2012"}, "greater than or equal to 2013"),
        ({"title": ""}, "This field is required"),
        ({"model": "999"}, "Select a valid choice"),
    ],
)
def test_rejected_round_shows_the_reason_and_keeps_the_entries(
    office: Office, change: dict[str, str], message: str
) -> None:
    answer = signed_in(office.analyst).post(reverse("round-new"), asked(**change))
    assert answer.status_code == 422
    assert message in answer.text
    assert "Nothing was saved." in answer.text
    assert not SelectionRound.objects.exists()


def test_the_second_of_two_editors_is_warned_and_keeps_the_draft(office: Office) -> None:
    found = office.open()
    address = reverse("round-edit", args=[found.pk])
    one, two = signed_in(office.analyst), signed_in(office.second)
    mine, theirs = filled_fields(one, address, title="Round A"), filled_fields(two, address, title="Round B")
    assert one.post(address, mine).status_code == 302
    answer = two.post(address, theirs)
    assert answer.status_code == 422
    assert "Someone else saved changes while you were editing" in answer.text
    assert "Saved value: Round A" in answer.text
    assert 'value="Round B"' in answer.text
    found.refresh_from_db()
    assert found.title == "Round A"
    assert two.post(address, answer.context["form"].data).status_code == 302


def test_round_page_lists_candidates_by_score_and_findings_that_block_a_step(office: Office) -> None:
    found = office.step(office.open(), "screen", "start_scoring")
    client = signed_in(office.analyst)
    page = client.get(reverse("round", args=[found.pk])).text
    assert "This round has no full score. Compute one." in page
    client.post(reverse("round-score", args=[found.pk]))
    client.post(reverse("round-score", args=[found.pk]))
    assert found.runs.count() == 1
    page = client.get(reverse("round", args=[found.pk])).text
    assert "Candidates by score 1" in page
    dossier = reverse("dossier", args=[found.pk, "GHA"])
    assert dossier in page
    # No program is recorded, so the list of programs does not offer the country as a filter.
    assert f"{reverse('programs')}?country" not in client.get(dossier).text
    client.post(
        reverse("round-step", args=[found.pk, "open_consultation"]), {"source": "scoring", "idempotency_key": new_key()}
    )
    found.refresh_from_db()
    assert found.state == RoundState.CONSULTATION
    answer = client.post(
        reverse("round-step", args=[found.pk, "return_to_scoring"]),
        {"source": "consultation", "idempotency_key": new_key()},
    )
    assert answer.status_code == 422
    run = found.runs.get().run
    assert "identical bit for bit" in client.post(reverse("run-replay", args=[run.pk]), follow=True).text


@pytest.mark.world("scoring")
def test_a_country_is_moved_by_hand_with_a_reason_that_the_pool_shows(office: Office) -> None:
    found = office.scored()
    client = signed_in(office.analyst)
    address = reverse("round-move", args=[found.pk, "ROU"])
    assert client.post(address, {"reason": "", "idempotency_key": new_key()}).status_code == 422
    late = filled_fields(signed_in(office.second), address, reason="It was a partner")
    send(client, address, reason="Served as a partner before")
    assert Candidate.objects.get(round=found, country__code="ROU").in_pool
    refused = signed_in(office.second).post(address, late)
    assert refused.status_code == 422
    assert "Served as a partner before" in refused.text
    assert Candidate.objects.get(round=found, country__code="ROU").in_pool
    assert "Served as a partner before" in client.get(reverse("round-pool", args=[found.pk]) + "?q=roman").text


@pytest.mark.world("scoring")
@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_readers_see_rounds_and_change_nothing(office: Office, role: Role) -> None:
    found = office.scored()
    client = signed_in(make_account(role))
    assert client.get(reverse("round", args=[found.pk])).status_code == 200
    assert client.get(reverse("dossier", args=[found.pk, "GHA"])).status_code == 200
    for name in ("round-new", "round-score", "round-edit"):
        address = reverse(name, args=[] if name == "round-new" else [found.pk])
        assert client.post(address, asked()).status_code == 403
    assert found.runs.count() == 1


@pytest.mark.world("scoring")
def test_dossier_shows_factors_with_sources_ratings_and_history(office: Office) -> None:
    found = office.scored()
    office.rate(office.candidate(found), step=3)
    client = signed_in(office.analyst)
    client.post(reverse("round-score", args=[found.pk]))
    page = client.get(reverse("dossier", args=[found.pk, "GHA"])).text
    assert "Rated 3 of 4" in page
    assert "Corruption Perceptions" in page or "Control of corruption" in page or "Sheet!C" in page
    assert "Rated Political will: prosecution: 3 of 4" in page
    assert client.get(reverse("dossier", args=[found.pk, "gha"])).status_code == 302
    assert client.get(reverse("dossier", args=[found.pk, "ZZZ"])).status_code == 404
    text = b"".join(client.get(reverse("dossier", args=[found.pk, "GHA"]) + "?format=csv")).decode()
    assert "Political will: prosecution" in text


@pytest.mark.world("scoring")
def test_reviewer_sees_only_rounds_and_dossiers_that_their_agency_is_asked_about(office: Office) -> None:
    found = office.scored()
    client = signed_in(make_account(Role.REVIEWER))
    for address in (
        reverse("rounds"),
        reverse("round", args=[found.pk]),
        reverse("round-pool", args=[found.pk]),
        reverse("dossier", args=[found.pk, "GHA"]),
    ):
        assert client.get(address).status_code == 404


def wide(office: Office) -> SelectionRound:
    """Return a scored round with a pool rule, a provisional candidate, and one outside the desk screen's pool."""
    found = rounds_services.open_round(
        title="Wide",
        fiscal_year=2027,
        model=ScoringModel.objects.get(state="published"),
        rule=PoolRule(income_classes=(), leave_out_restricted=False, leave_out_partners=False),
        reference_date=ON,
        actor=office.analyst,
    )
    found = office.step(found, "screen", "start_scoring")
    rounds_services.score_round(selection_round=found, actor=office.analyst)
    return found


def test_round_page_shows_provisional_ranks_and_candidates_outside_the_pool(office: Office) -> None:
    found = wide(office)
    page = round_page(found)
    by_code = {scored.candidate.country.code: scored for scored in page.candidates}
    assert page.first == 20
    albania, romania, ghana = by_code["ALB"], by_code["ROU"], by_code["GHA"]
    assert albania.is_provisional
    assert albania.row is not None
    assert albania.row.rank is None
    assert albania.doubt is not None
    assert albania.doubt.place is not None
    assert romania.doubt is not None
    assert "High income" in romania.doubt.apart
    assert ghana.doubt is not None
    assert (ghana.doubt.apart, ghana.doubt.unrated) == ("", 10)
    order = [scored.row.rank if scored.row else None for scored in page.candidates]
    ranks = [rank for rank in order if rank is not None]
    assert order[: len(ranks)] == sorted(ranks)
    text = signed_in(office.analyst).get(reverse("round", args=[found.pk])).text
    assert "In the first 20" in text
    assert f"Provisional, would rank {albania.doubt.place}: Child labor is not measured within 15 years." in text
    assert "Outside the pool of the desk screen: High income" in text
    pool = " ".join(signed_in(office.analyst).get(reverse("round-pool", args=[found.pk])).text.split())
    assert "outside that pool but scored like the others" in pool


def test_a_round_of_few_shows_no_share_of_a_first_n(office: Office) -> None:
    found = office.scored()
    assert round_page(found).first is None
    text = signed_in(office.analyst).get(reverse("round", args=[found.pk])).text
    assert "no share for the first 20 is shown" in text
    assert "10 not rated" in text


def test_ratings_count_by_median_and_spread_and_a_missing_one_over_its_range(office: Office) -> None:
    found = office.scored(title="Round 3")
    ghana = office.candidate(found)
    for actor, step in ((office.analyst, 1), (office.second, 4)):
        office.rate(ghana, step=step, actor=actor)
    office.rate(ghana, "forms", 3)
    run = rounds_services.score_round(selection_round=found, actor=office.analyst).run
    lines = {line["key"]: line for line in run.countries.get(country__code="GHA").lines}
    assert (lines["prosecution"]["u"], lines["prosecution"]["estimate"]["best"]) == (2.5 / 4, 2.5)
    assert lines["prosecution"]["estimate"]["error"] == pytest.approx(stdev((1, 4)))
    assert (lines["forms"]["u"], lines["forms"]["estimate"]["error"]) == (0.75, 1.0)
    assert (lines["protection"]["state"], lines["protection"]["u"]) == ("range", 0.5)
    other = {line["key"]: line for line in run.countries.get(country__code="CIV").lines}
    screen = ScoreRun.objects.filter(stage="screen").latest("pk").countries.get(country__code="CIV")
    first = {line["key"]: line for line in screen.lines}
    assert other["child_labour"]["u"] == pytest.approx(first["child_labour"]["u"])
    assert other["prevalence"]["u"] == pytest.approx(first["prevalence"]["u"])  # the means are the pool's
    scored = run.countries.exclude(lines=[]).values_list("country__code", flat=True)
    assert set(scored) == set(run.inputs["candidates"])
