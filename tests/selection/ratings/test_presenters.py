"""Ratings as text: evidence, steps, spread, cells of the overview, and the export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from indicators.models import Country, Narrative, NationalPlan, USGProgram
from selection.model_definition.criteria_table import read
from selection.models import Candidate, CandidateDocument, Rating, RatingEvidence, RoundRun, SelectionRound
from selection.ratings import presenters
from selection.ratings.candidate_documents.queries import DocumentVersions
from selection.ratings.queries import RatedCandidate, RatedCriterion, changed_since
from selection.scoring_inputs.cells import Rated

MOMENT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
GHANA = Candidate(
    pk=3, country=Country(pk=9, code="GHA", name="Ghana"), round=SelectionRound(pk=7, title="Round 1", fiscal_year=2027)
)
TABLE = read()
ROW = TABLE.row("prosecution")
READER = 5


def rating(pk: int, step: int | None, rater: int = 1, *evidence: RatingEvidence) -> Rating:
    made = Rating(pk=pk, candidate=GHANA, criterion="prosecution", rater_id=rater, step=step, rationale="Cases")
    made._prefetched_objects_cache = {"evidence": list(evidence)}  # type: ignore[attr-defined]  # as a prefetch does
    return made


def document(title: str) -> RatingEvidence:
    return RatingEvidence(document=title)


def criterion(*ratings: Rating, earlier: Sequence[Rating] = (), apart: bool = False) -> RatedCriterion:
    return RatedCriterion(ROW, ratings, earlier, READER, apart)


# ---- evidence ------------------------------------------------------------------------------------------------------


def test_each_kind_of_evidence_has_its_name_source_and_page() -> None:
    report = Narrative(pk=4, report_year=2026)
    assert [
        presenters.evidence(link, GHANA)
        for link in (
            RatingEvidence(narrative=report, sentence="Courts convicted 9.", locator="p. 12"),
            RatingEvidence(narrative=report, sentence="Courts convicted 9."),
            RatingEvidence(paper=CandidateDocument(pk=6, title="Law 694", source="Ministry")),
            RatingEvidence(plan=NationalPlan(pk=8, title="Plan 2025", kind="action_plan")),
            RatingEvidence(program=USGProgram(pk=2, title="Safe", agency="USAID")),
            RatingEvidence(document="Annual report"),
        )
    ] == [
        ("Sentence", "“Courts convicted 9.”", "TIP Report 2026, p. 12", "/data/narratives/4/"),
        ("Sentence", "“Courts convicted 9.”", "TIP Report 2026", "/data/narratives/4/"),
        ("Document", "Law 694", "Ministry", "/rounds/7/candidates/GHA/papers/6/"),
        ("Plan", "Plan 2025", NationalPlan(kind="action_plan").get_kind_display(), "/data/plans/8/"),
        ("Program", "Safe", "USAID", "/data/programs/2/"),
        ("Document", "Annual report", "", ""),
    ]


def test_a_document_of_the_candidate_leads_to_its_file() -> None:
    paper = RatingEvidence(paper=CandidateDocument(pk=6, title="Law 694", source="Ministry"))
    found = presenters.evidence_of(rating(1, 3, 1, paper, document("Report")), GHANA)
    assert [line.url for line in found] == ["/rounds/7/candidates/GHA/papers/6/", ""]


def test_the_evidence_of_several_ratings_is_listed_once_in_the_order_given() -> None:
    ratings = [rating(1, 3, 1, document("B"), document("A")), rating(2, 2, 2, document("A"), document("C"))]
    assert [line.label for line in presenters.all_evidence(ratings, GHANA)] == ["B", "A", "C"]


# ---- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "text"), [(None, "Not known"), (0, "0 of 4"), (3, "3 of 4"), (2.5, "2.5 of 4"), (4.0, "4 of 4")]
)
def test_a_step(found: float | None, text: str) -> None:
    assert presenters.step(found) == text


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((), ""),
        ((3,), ""),
        ((3, 3), "all agree"),
        ((1, 4), "1 to 4, spread 2.1"),
        ((4, 3), "3 to 4, spread 0.7"),
        ((2, 0, 2), "0 to 2, spread 1.2"),
    ],
)
def test_the_spread_of_raters(steps: tuple[int, ...], text: str) -> None:
    assert presenters.spread(Rated(dict(enumerate(steps))) if steps else None) == text


def test_criterion_shows_its_statutory_requirement() -> None:
    asked = {row.key: presenters.asked_by_statute(TABLE, row) for row in TABLE.criteria}
    used = {condition["criterion"] for spec in TABLE.mandatory for condition in spec["conditions"]}
    assert {key for key, texts in asked.items() if texts} == used
    assert asked["prosecution"] == [
        "Political motivation and sustained commitment (22 U.S.C. 7103a(d)(5)(B)): rated 2 or more"
    ]


def test_anchors_go_from_the_highest_step_to_the_lowest_and_mark_the_median() -> None:
    found = presenters.anchors(ROW, Rated({1: 3, 2: 3}))
    assert found == [(step, ROW.anchors[step], step == 3) for step in (4, 3, 2, 1, 0)]
    assert not any(is_median for *_, is_median in presenters.anchors(ROW, Rated({1: 3, 2: 2})))
    assert not any(is_median for *_, is_median in presenters.anchors(ROW, None))


# ---- lines ---------------------------------------------------------------------------------------------------------


def test_a_line_of_a_criterion_that_raters_differ_on() -> None:
    earlier = rating(7, 0, 2)
    found = criterion(rating(1, 1, 1, document("A")), rating(2, 4, 2), rating(3, None, 3), earlier=[earlier])
    line = presenters.criterion_line(found, GHANA, TABLE)
    assert (line["median"], line["spread"], line["count"]) == ("2.5 of 4", "1 to 4, spread 2.1", "3 ratings")
    assert [one["step"] for one in line["ratings"]] == ["1 of 4", "4 of 4", "Not known"]
    assert [one["rating"] for one in line["earlier"]] == [earlier]
    assert [one.label for one in line["ratings"][0]["evidence"]] == ["A"]
    assert (line["row"], line["criterion"], len(line["anchors"])) == (ROW, found, 5)
    assert line["statute"] == presenters.asked_by_statute(TABLE, ROW)
    empty = presenters.criterion_line(criterion(), GHANA, TABLE)
    assert (empty["median"], empty["spread"], empty["count"]) == ("", "", "0 ratings")


@pytest.mark.parametrize(
    ("steps", "median", "anchor", "not_known"),
    [
        ((), "", None, 0),
        ((None,), "", None, 1),
        ((3,), "3 of 4", 3, 0),
        ((0,), "0 of 4", 0, 0),
        ((3, 2), "2.5 of 4", None, 0),
        ((3, 1, None, None), "2 of 4", 2, 2),
    ],
)
def test_the_dossier_gives_the_text_of_a_whole_median(
    steps: tuple[int | None, ...], median: str, anchor: int | None, not_known: int
) -> None:
    line = presenters.dossier_line(criterion(*(rating(n, step, n) for n, step in enumerate(steps, 1))), GHANA)
    assert (line["median"], line["not_known"]) == (median, not_known)
    assert (line["row"], line["evidence"]) == (ROW, [])
    assert line["anchor"] == ("" if anchor is None else ROW.anchors[anchor])


def test_others_ratings_of_a_criterion_are_hidden_until_the_reader_has_rated() -> None:
    other, own = rating(1, 3, 1), rating(2, 1, READER)
    gone, mine = rating(8, 0, 1), rating(9, 0, READER)
    hidden = criterion(other, earlier=[gone, mine], apart=True)
    assert (hidden.is_hidden, hidden.shown, hidden.rated, hidden.shown_earlier) == (True, (), None, [mine])
    assert not hidden.is_missing
    rated = criterion(other, own, earlier=[gone, mine], apart=True)
    assert (rated.is_hidden, list(rated.shown), rated.own) == (False, [other, own], own)
    assert list(rated.shown_earlier) == [gone, mine]
    reading = criterion(other, earlier=[gone, mine])
    assert (reading.is_hidden, list(reading.shown), list(reading.shown_earlier)) == (False, [other], [gone, mine])
    assert not criterion(apart=True).is_hidden


# ---- overview ------------------------------------------------------------------------------------------------------

URL = "/rounds/7/ratings/GHA/#prosecution"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (criterion(), ("\N{EN DASH}", "", "Not rated", URL, "none")),
        (criterion(rating(1, None)), ("\N{EN DASH}", "1 not known", "Evidence does not say", URL, "none")),
        (criterion(rating(1, 3)), ("3", "1", "median 3 of 4, 1 rating", URL, "rated")),
        (
            criterion(rating(1, 3), rating(2, 3, 2)),
            ("3", "2 · all agree", "median 3 of 4, 2 ratings, all agree", URL, "rated"),
        ),
        (
            criterion(rating(1, 1), rating(2, 4, 2), rating(3, None, 3)),
            ("2.5", "2 · 1 to 4", "median 2.5 of 4, 3 ratings, 1 to 4, spread 2.1", URL, "rated"),
        ),
        (criterion(rating(1, 3), apart=True), ("", "1", "1 rating, shown once you have rated", URL, "hidden")),
    ],
)
def test_a_cell_of_the_overview(found: RatedCriterion, expected: tuple[str, ...]) -> None:
    assert presenters.cell(found, GHANA) == expected


ROWS = [
    RatedCandidate(
        GHANA,
        [criterion(rating(1, 3), rating(2, None, READER)), criterion(rating(3, None, 2)), criterion()],
    ),
    RatedCandidate(GHANA, [criterion(rating(4, 3, 1)), criterion(rating(5, 0, READER)), criterion(rating(6, 1, 1))]),
]


def test_overview_counts_missing_ratings_and_those_open_for_the_reader() -> None:
    assert [(row.missing, row.mine_open) for row in ROWS] == [(2, 2), (0, 2)]
    assert [found.is_missing for found in ROWS[0].criteria] == [False, True, True]
    assert [(line["missing"], line["mine_open"], len(line["cells"])) for line in presenters.overview(ROWS)] == [
        (2, 2, 3), (0, 2, 3)
    ]  # fmt: skip
    assert [line["candidate"] for line in presenters.overview(ROWS)] == [GHANA, GHANA]


def test_the_figures_of_the_ratings() -> None:
    assert [(fact.term, fact.value, fact.note) for fact in presenters.facts(ROWS, rates=True)] == [
        ("Rated", "4 of 6", "criteria of candidates with a step"),
        ("Nobody rated", "2", "drawn from 0 to 4 in a score"),
        ("Raters", "3", "each judges apart"),
        ("Open for you", "4", "criteria you have not rated"),
    ]
    reader = presenters.facts(ROWS, rates=False)
    assert [fact.term for fact in reader] == ["Rated", "Nobody rated", "Raters"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (criterion(), [None, None, 0, "not rated"]),
        (criterion(rating(1, None)), [None, None, 1, "the evidence does not say"]),
        (criterion(rating(1, 3)), [3.0, None, 1, ""]),
        (criterion(rating(1, 3), rating(2, 3, 2)), [3.0, 0.0, 2, ""]),
        (criterion(rating(1, 3), apart=True), [None, None, 1, "shown once you have rated"]),
    ],
)
def test_a_row_of_the_export(found: RatedCriterion, expected: list[Any]) -> None:
    [flat] = presenters.flat([RatedCandidate(GHANA, [found])])
    cells = [column.cell(flat) for column in presenters.FIELDS]
    assert cells == ["Ghana", "GHA", ROW.label, ROW.factor, *expected]


def test_the_second_sheet_of_the_export_explains_the_draws() -> None:
    notes = dict(presenters.notes("Round 1", dt.date(2026, 11, 24)))
    assert (notes["Round"], notes["Day"], notes["In a score"]) == ("Round 1", "Nov 24, 2026", presenters.IN_A_SCORE)


# ---- reads ---------------------------------------------------------------------------------------------------------


def test_a_score_before_any_counts_no_later_rating() -> None:
    assert changed_since(None, SelectionRound(pk=7)) == 0


def test_versions_of_a_document_are_numbered_from_the_oldest() -> None:
    newest, middle, oldest = (CandidateDocument(pk=pk, title="Law") for pk in (9, 5, 1))
    found = DocumentVersions([newest, middle, oldest])
    assert (found.newest, found.number, found.numbered_earlier) == (newest, 3, [(2, middle), (1, oldest)])
    assert DocumentVersions([newest]).numbered_earlier == []


def test_a_run_without_ratings_is_older_than_every_rating(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = SimpleNamespace(values_list=lambda *_args, **_options: [1, 2, 3])
    monkeypatch.setattr(Rating, "objects", SimpleNamespace(filter=lambda **_: rows))
    counted: list[tuple[dict[str, Any], int]] = [
        ({}, 3),
        ({"ratings": {"prosecution": {"GHA": [1, 2], "CIV": [3]}}}, 0),
        ({"ratings": {"prosecution": {"GHA": [1]}, "forms": {"GHA": [2, 9]}}}, 2),
    ]
    for inputs, count in counted:
        made = cast(RoundRun, SimpleNamespace(run=SimpleNamespace(inputs=inputs)))
        assert changed_since(made, SelectionRound(pk=7)) == count
