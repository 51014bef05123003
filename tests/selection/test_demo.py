"""Sample rounds of the demonstration: alive, and marked as samples."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.utils import timezone

from cpc.accounts.models import User
from cpc.people.demo import load_accounts
from indicators.models import Narrative
from selection.consultation.position_status import PositionStatus
from selection.consultation.queries import consultation_of
from selection.decisions.memo import length
from selection.decisions.obstacles import Step, obstacles_of, stops
from selection.demo import CANDIDATES, FOR_DECISION, load_narrative, load_round, load_weighting
from selection.demo.scoring import candidates_of
from selection.models import (
    Adjudication,
    ConsultationRequest,
    Disposition,
    Memo,
    Note,
    NoteKind,
    Outcome,
    Position,
    PositionDraft,
    Rating,
    RatingEvidence,
    Recommendation,
    RoundState,
    ScoreRun,
    SelectionRound,
    StatedWeights,
    WeightingExercise,
)
from selection.runs.queries.stored_runs import since
from selection.runs.services import compute_screen
from selection.weighting.queries import statutory_agencies
from tests.partnerships.sending import client_of, page_text
from tests.support.pages import NARRATIVE, published
from tests.support.rankings import make_screen

pytestmark = pytest.mark.django_db


def quietly(done: int, total: int) -> None:
    """Show no progress bar."""


@pytest.fixture
def rounds(ranking: ScoreRun) -> dict[str, SelectionRound]:
    load_accounts(quietly)
    load_narrative(quietly)
    said = load_round(quietly)
    assert said == (
        f"Sample rounds in consultation about {CANDIDATES} countries, and in deliberation about {len(FOR_DECISION)}"
    )
    return {found.state: found for found in SelectionRound.objects.all()}


def test_the_round_in_consultation_has_every_kind_of_answer_and_of_note(rounds: dict[str, SelectionRound]) -> None:
    found = rounds[RoundState.CONSULTATION]
    asked = ConsultationRequest.objects.filter(round=found).select_related("agency")
    assert {request.agency.code for request in asked} == {"dol", "doj", "hhs", "state-f"}
    assert all(request.is_sent and request.candidates.count() == CANDIDATES for request in asked)
    assert not found.candidates.in_pool().filter(country__code="ROU").exists()  # a rich country
    cells = consultation_of(found, timezone.now().date()).cells
    said = {cell.status for cell in cells}
    assert said >= {
        PositionStatus.CLEAR,
        PositionStatus.CLEAR_WITH_COMMENTS,
        PositionStatus.CLEAR_WITH_EDITS,
        PositionStatus.DOES_NOT_CLEAR,
        PositionStatus.NO_EQUITIES,
        PositionStatus.EXTENSION,
        PositionStatus.WAITING,
    }
    assert all(cell.status is PositionStatus.WAITING for cell in cells if cell.request.agency.code == "doj")
    assert not Disposition.objects.filter(position__request__round=found).exists()
    assert PositionDraft.objects.filter(request__round=found).exists()
    notes = found.notes.all()
    assert {note.kind for note in notes} == set(NoteKind.values)
    answers = Adjudication.objects.filter(note__round=found)
    assert {row.outcome for row in answers} == {Outcome.ACCEPTED, Outcome.REJECTED, Outcome.DEFERRED}
    assert notes.filter(withdrawn_at__isnull=False).exists()
    assert notes.filter(visibility="agency").exists()


def test_two_people_rated_and_differ_on_one_cell(rounds: dict[str, SelectionRound]) -> None:
    for found in rounds.values():
        ratings = Rating.objects.filter(candidate__round=found).select_related("rater")
        steps: dict[tuple[int, str], set[int | None]] = {}
        raters: dict[tuple[int, str], set[str]] = {}
        for row in ratings:
            steps.setdefault((row.candidate_id, row.criterion), set()).add(row.step)
            raters.setdefault((row.candidate_id, row.criterion), set()).add(row.rater.username)
        assert sum(len(found) > 1 for found in steps.values()) == 1
        assert {"analyst", "analyst-2"} in raters.values()
    first = rounds[RoundState.CONSULTATION]
    alone = {row.candidate_id for row in Rating.objects.filter(candidate__round=first, rater__username="analyst-2")}
    both = {row.candidate_id for row in Rating.objects.filter(candidate__round=first, rater__username="analyst")}
    assert len(alone - both) == 1


def test_the_round_for_decision_has_a_memo_that_nothing_stops(rounds: dict[str, SelectionRound]) -> None:
    found = rounds[RoundState.DELIBERATION]
    assert Memo.objects.get().round == found
    rows = Recommendation.objects.filter(candidate__round=found)
    assert rows.count() == len(FOR_DECISION)
    selected = [row for row in rows if row.action == "select"]
    assert len(selected) == 2
    assert all(row.proposed_amount and row.proposed_months and row.funding for row in selected)
    obstacles = obstacles_of(found, timezone.now().date())
    assert [row.title for row in stops(obstacles, Step.MEMO)] == []
    assert {"objection", "edits_rejected", "gone_on", "major_open", "note_rejected"} <= {row.code for row in obstacles}


def test_the_reasons_of_the_sample_follow_from_its_findings(rounds: dict[str, SelectionRound]) -> None:
    content = Memo.objects.get().content
    found = {row["code"]: [one["lead"] for one in row["rows"][1:3]] for row in content["countries"]}
    found |= {row["code"]: [one["word"] for one in row["findings"]] for row in content["others"]}
    reasons = {row["code"]: row["rationale"] for row in content["recommendations"]}
    assert set(found) == set(reasons)
    assert len(found) == len(FOR_DECISION)
    names = ("prevalence", "commitment")
    for code, words in found.items():
        missed = [name for name, word in zip(names, words, strict=True) if not word.startswith("Found")]
        assert (" not found; " in reasons[code]) is bool(missed)
        assert all(name in reasons[code] for name in missed or names)
    assert {len(words) for words in found.values()} == {2}


def test_the_memo_of_the_sample_fits_three_pages_and_names_agencies(rounds: dict[str, SelectionRound]) -> None:
    memo = Memo.objects.get()
    assert length.page_count(memo.content) == length.PAGES
    assert memo.content["longer_because"] == ""
    assert not re.search(r"\b(DOL|DOJ)\b", json.dumps(memo.content))
    assert memo.content["decide_by"] > memo.content["day"]


def test_every_text_of_the_sample_rounds_is_marked_as_a_sample(rounds: dict[str, SelectionRound]) -> None:
    texts = [*Position.objects.exclude(text="").values_list("text", flat=True)]
    texts += [*Note.objects.values_list("text", flat=True), *Rating.objects.values_list("rationale", flat=True)]
    texts += [*RatingEvidence.objects.filter(narrative=None).values_list("document", flat=True)]
    texts += [*Adjudication.objects.values_list("rationale", flat=True)]
    texts += [*Recommendation.objects.values_list("rationale", flat=True)]
    assert len(texts) > 100
    assert [text for text in texts if not text.startswith("Sample ")] == []


def test_a_rating_and_a_note_cite_the_sample_narrative_and_everything_calls_it_a_sample(
    rounds: dict[str, SelectionRound],
) -> None:
    found, deciding = rounds[RoundState.CONSULTATION], rounds[RoundState.DELIBERATION]
    narrative = Narrative.objects.get()
    code = narrative.country.code
    assert code == next(iter(candidates_of(found)))
    rating = Rating.objects.get(evidence__narrative=narrative, candidate__round=found)
    assert (rating.rater.username, rating.criterion) == ("analyst", "protection")
    note = Note.objects.get(narrative=narrative)
    assert note.agency is not None
    assert (note.agency.code, note.candidate) == ("dol", rating.candidate)
    assert all("sample" in text.lower() for text in (note.sentence, rating.evidence.get().sentence))
    # The small pool of the tests has the country in both rounds, so that the memo cites it, too.
    assert code in candidates_of(deciding)
    seen = {
        "analyst": (
            f"/data/narratives/{narrative.pk}/",
            f"/data/imports/{narrative.batch_id}/",
            f"/countries/{code}/",
            f"/rounds/{found.pk}/candidates/{code}/",
            f"/rounds/{found.pk}/ratings/?cell={code}.{rating.criterion}",
            f"/rounds/{found.pk}/ratings/{code}/{rating.criterion}/",
            f"/rounds/{found.pk}/notes/{note.reference}/",
            f"/rounds/{found.pk}/matrix/",
            f"/rounds/{deciding.pk}/memo/1/",
        ),
        "reviewer-dol": (
            f"/consultation/{found.requests.get(agency__code='dol').pk}/{code}/",
            f"/rounds/{found.pk}/notes/{note.reference}/",
        ),
    }
    for name, addresses in seen.items():
        client = client_of(User.objects.get(username=name))
        for address in addresses:
            text = page_text(client.get(address))
            assert "sample narrative" in text.lower(), address
            assert "TIP Report 0" not in text, address
    assert "Sample" in page_text(client_of(User.objects.get(username="viewer")).get("/data/narratives/"))


def test_the_sample_narrative_changes_no_ranking(ranking: ScoreRun) -> None:
    load_accounts(quietly)

    def computed() -> tuple[str, str, list[tuple[int, int | None, float | None]]]:
        run = compute_screen(actor=None, on=ranking.reference_date)
        return (
            run.snapshot_hash,
            run.table_hash,
            list(run.countries.order_by("pk").values_list("country", "rank", "score")),
        )

    before = computed()
    load_narrative(quietly)
    assert Narrative.objects.get().is_sample
    assert computed() == before
    assert not since(ranking).is_of_data


def test_a_candidate_with_a_real_narrative_gets_no_sample(ranking: ScoreRun, tmp_path: Path) -> None:
    load_accounts(quietly)
    first = ranking.countries.exclude(country__code="ROU").order_by("rank").first()
    assert first is not None
    name = first.country.name
    real = published(tmp_path, NARRATIVE.replace("GHANA", name).replace("Ghana", name), "real_2025.txt")
    assert real.narratives.get().country == first.country
    load_narrative(quietly)
    (sample,) = [row for row in Narrative.objects.all() if row.is_sample]
    assert sample.country != first.country
    load_round(quietly)
    assert Note.objects.get(narrative__isnull=False).narrative == sample


def test_the_weighting_exercise_waits_for_one_consultee(ranking: ScoreRun) -> None:
    load_accounts(quietly)
    assert load_weighting(quietly) == "A sample weighting exercise with 5 participants"
    exercise = WeightingExercise.objects.get()
    assert exercise.is_open
    assert exercise.title.startswith("Sample")
    assert not exercise.drafts.exists()
    waiting = [row for row in exercise.participants.all() if not row.answers.exists()]
    assert [row.agency and row.agency.code for row in waiting] == ["state-f"]
    assert waiting[0].agency in statutory_agencies()
    answers = StatedWeights.objects.live()
    assert {row.given_by.username for row in answers} == {"analyst", "analyst-2", "approver", "reviewer-dol"}
    assert all(row.comment.startswith("Sample reason: ") for row in answers)
    assert len({repr(row.points) for row in answers}) == 4
    assert load_weighting(quietly) == ""
    assert WeightingExercise.objects.count() == 1


def test_the_rounds_are_loaded_once(rounds: dict[str, SelectionRound]) -> None:
    assert (load_narrative(quietly), load_round(quietly)) == ("", "")
    assert SelectionRound.objects.count() == 2
    assert Narrative.objects.count() == 1


def test_without_the_demonstration_s_people_or_a_ranking_nothing_is_opened(tmp_path: Path) -> None:
    for load in (load_narrative, load_round, load_weighting):
        assert load(quietly) == ""
    make_screen(tmp_path)
    for load in (load_narrative, load_round, load_weighting):
        assert load(quietly) == ""
    assert not SelectionRound.objects.exists()
    assert not Narrative.objects.exists()
    assert not WeightingExercise.objects.exists()
