"""The parts of a memo as plain data and sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cpc.accounts.models import User
from indicators.models import Country
from selection.candidates.queries import CandidateDoubt, RoundPage, ScoredCandidate
from selection.consultation.position_status import PositionStatus
from selection.decisions.memo import content
from selection.decisions.queries import Deliberated
from selection.models import Candidate, Decision, Recommendation, ScoringModel, SelectionRound
from selection.runs.rows import RankingRow
from tests.support.rows import ranking, ranking_row

MOMENT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 25)
DOUBT = CandidateDoubt(place=None, low=3, high=7, first=0.25, unrated=0, filled=0, apart="")
ROUND = SelectionRound(
    title="Round 1",
    fiscal_year=2027,
    as_of=41,
    reference_date=TODAY,
    model=ScoringModel(title="Default", number=2),
    pool_rule={"only": ["GHA"]},
)
ANALYST, APPROVER = User(username="ama"), User(username="kofi")


def page(ranked: int = 3, *, left_out: Sequence[tuple[str, int]] = (), **values: Any) -> RoundPage:
    made = ranking([ranking_row(str(n), rank=n) for n in range(ranked)])
    return RoundPage(
        **{
            "round": ROUND,
            "candidates": (None,) * 4,
            "ranking": made,
            "runs": (),
            "steps": (),
            "left_out": tuple(left_out),
            "newer": 0,
            **values,
        }
    )


def recommended(name: str, action: str, decided: str = "", *, later: str = "", row: RankingRow | None = None) -> Any:
    """Return a candidate's recommendation with its decision; `later` is an earlier decision that still stands."""
    candidate = Candidate(country=Country(code=name[:3].upper(), name=name))
    made = Recommendation(
        pk=5 if decided or later else None,
        candidate=candidate,
        action=action,
        rationale="Courts",
        place=2,
        drafted_by=ANALYST,
        at=MOMENT,
    )
    decision = None
    if decided or later:
        decision = Decision(
            candidate=candidate, action=decided or later, remarks="Go on.", decided_by=APPROVER, at=MOMENT
        )
        decision.recommendation_id = 5 if decided else 4
        if decided:
            decision.recommendation = made
    return Deliberated(ScoredCandidate(candidate, row), made, decision)


def cell(agency: str, status: str, name: str = "Ghana", **values: Any) -> Any:
    usual: dict[str, Any] = {"position": None, "disposition": None, "proceeded": None, "is_stale": False}
    return SimpleNamespace(
        request=SimpleNamespace(agency=SimpleNamespace(name=agency)),
        candidate=SimpleNamespace(country=SimpleNamespace(name=name)),
        status=PositionStatus(status),
        **{**usual, **values},
    )


def consultation(*cells: Any, sent: int = 0) -> Any:
    return SimpleNamespace(cells=cells, sent=[None] * sent)


# ---- summary -------------------------------------------------------------------------------------------------------

LEAD = "for a Child Protection Compact Partnership, from 4 candidates of fiscal year 2027."


@pytest.mark.parametrize(
    ("rows", "asked", "expected"),
    [
        ([], consultation(), [f"The office recommends to select no country now {LEAD}"]),
        (
            [recommended("Ghana", "select"), recommended("Peru", "defer"), recommended("Chad", "select")],
            consultation(),
            [f"The office recommends to select Ghana and Chad {LEAD}"],
        ),
        (
            [recommended("Ghana", "select", "select"), recommended("Peru", "defer"), recommended("Mali", "select")],
            consultation(sent=1),
            [
                f"The office recommends to select Ghana and Mali {LEAD}",
                "Decided: select (Ghana). Two wait for a decision.",
                "One agency was asked.",
            ],
        ),
        (
            [
                recommended("Ghana", "select", "defer"),
                recommended("Peru", "defer"),
                recommended("Chad", "defer", "select"),
            ],
            consultation(cell("Labor", "does_not_clear"), cell("Energy", "waiting"), sent=2),
            [
                f"The office recommends to select Ghana {LEAD}",
                "Decided: select (Chad); defer (Ghana). One waits for a decision.",
                "Two agencies were asked.",
                "Labor does not clear a candidate.",
                "Energy gave no response, which does not count as clear.",
            ],
        ),
        (
            [],
            consultation(
                cell("Labor", "does_not_clear"),
                cell("Labor", "does_not_clear", "Peru"),
                cell("Energy", "does_not_clear"),
                cell("State", "no_response"),
                cell("Justice", "proceeded"),
                cell("Health", "extension"),
                cell("Interior", "clear"),
            ),
            [
                f"The office recommends to select no country now {LEAD}",
                "Energy and Labor do not clear a candidate.",
                "Health, Justice and State gave no response, which does not count as clear.",
            ],
        ),
    ],
)
def test_the_summary_of_a_memo(rows: list[Deliberated], asked: Any, expected: list[str]) -> None:
    assert content._summary(page(), rows, asked) == expected


# ---- recommendations -----------------------------------------------------------------------------------------------


def test_a_recommendation_with_its_decision() -> None:
    row = ranking_row("GHA", rank=2, score=61.2)
    found = content._recommendation(recommended("Ghana", "select", "defer", row=row), page())
    assert found == {
        "place": 2,
        "country": "Ghana",
        "code": "GHA",
        "action": "select",
        "label": "Select",
        "rationale": "Courts",
        "drafted_by": str(ANALYST),
        "rank": 2,
        "score": 61.2,
        "ranked": 3,
        "decision": "Defer",
        "remarks": "Go on.",
        "decided_by": str(APPROVER),
        "decided_on": "2026-11-24",
        "supersedes": "",
        "stands": "",
        "stands_since": "",
    }


def test_earlier_decision_remains_until_the_new_recommendation_is_decided() -> None:
    found = content._recommendation(recommended("Ghana", "not_selected", later="select"), page(ranking=None))
    assert (found["action"], found["decision"], found["decided_by"], found["decided_on"], found["remarks"]) == (
        "do not select", "", "", "", ""
    )  # fmt: skip
    assert (found["stands"], found["stands_since"], found["rank"], found["ranked"]) == ("Select", "2026-11-24", None, 0)
    open_ = content._recommendation(recommended("Ghana", "shortlist"), page())
    assert (open_["action"], open_["stands"], open_["stands_since"]) == ("keep on the shortlist", "", "")
    decided = recommended("Ghana", "defer", "defer")
    decided.decision.supersedes = Decision(action="select")
    assert content._recommendation(decided, page())["supersedes"] == "Select"


def test_background_names_excluded_countries_and_the_publication() -> None:
    _, pool, scores = content._background(
        page(left_out=[("Not listed in the TIP Report", 3), ("In a partnership now", 2)])
    )
    assert pool.startswith("The pool was drawn by rule. Listed in the TIP Report.")
    assert pool.endswith(" Left out: not listed in the TIP Report: 3; in a partnership now: 2.")
    assert content._background(page())[1].endswith(" No country was left out.")
    assert "up to number 41; ages are counted to Nov 25, 2026." in scores
    known = replace(page(), round=SelectionRound(**{**vars_of(ROUND), "as_of_at": MOMENT}))
    assert "up to number 41, Nov 24, 2026; ages" in content._background(known)[2]


def vars_of(found: SelectionRound) -> dict[str, Any]:
    names = ("title", "fiscal_year", "as_of", "reference_date", "model", "pool_rule")
    return {name: getattr(found, name) for name in names}


# ---- limits of a rank ----------------------------------------------------------------------------------------------

RANKED = ranking_row("GHA", rank=4)
PROVISIONAL = ranking_row("GHA", status="provisional", reason="Child labor is not measured.")


@pytest.mark.parametrize(
    ("row", "doubt", "ranked", "text"),
    [
        (None, DOUBT, 30, ""),
        (ranking_row("GHA", reason="No figure."), None, 30, "No figure."),
        (RANKED, DOUBT, 30, "In the first 20 in 25% of draws of data, weights, and method."),
        (RANKED, DOUBT, 20, ""),
        (RANKED, replace(DOUBT, first=None), 30, ""),
        (RANKED, replace(DOUBT, first=None, unrated=1), 30, "One criterion is not rated."),
        (RANKED, replace(DOUBT, first=None, unrated=2), 30, "Two criteria are not rated."),
        (
            RANKED, replace(DOUBT, first=None, apart="High income."), 30,
            "Outside the pool of the desk screen: High income.",
        ),
        (PROVISIONAL, DOUBT, 30, "Provisional: Child labor is not measured."),
        (
            PROVISIONAL,
            replace(DOUBT, place=5),
            30,
            "Provisional: Child labor is not measured. It would stand at 5, 3 to 7 in 90% of draws of data, "
            "weights, and method.",
        ),
        (
            PROVISIONAL,
            replace(DOUBT, place=5, low=None, high=None),
            30,
            "Provisional: Child labor is not measured. It would stand at 5.",
        ),
        (ranking_row("GHA", status="not_rankable", reason="No figure."), replace(DOUBT, place=5), 30, "No figure."),
    ],
)  # fmt: skip
def test_the_limits_of_a_rank(row: RankingRow | None, doubt: CandidateDoubt | None, ranked: int, text: str) -> None:
    scored = ScoredCandidate(Candidate(country=Country(code="GHA", name="Ghana")), row, doubt)
    assert content._rank_limits(scored, page(ranked)) == text


def test_raters_are_counted_by_criterion_and_country() -> None:
    ratings = {"courts": {"GHA": [1, 2], "CIV": [3]}, "forms": {"GHA": [4]}}
    run = SimpleNamespace(run=SimpleNamespace(inputs={"ratings": ratings}))
    assert content._raters(page(runs=(cast(Any, run),))) == {"GHA": [2, 1], "CIV": [1]}
    assert content._raters(page()) == {}


# ---- agencies ------------------------------------------------------------------------------------------------------


def position(text: str = "It overlaps.") -> Any:
    return SimpleNamespace(text=text, given_by="Contact", at=MOMENT, evidence=SimpleNamespace(number=4))


def test_the_same_answer_on_several_countries_is_one_entry() -> None:
    found = content._answers(
        [
            cell("Labor", "clear", "Chad", position=position("")),
            cell("Labor", "does_not_clear", "Ghana", position=position(), disposition=SimpleNamespace(text="Noted.")),
            cell("Labor", "clear", "Peru", position=position("")),
            cell("Labor", "clear", "Mali", position=position(""), is_stale=True),
            cell("Labor", "proceeded", "Togo", proceeded=SimpleNamespace(reason="Time is up.", approved_by=APPROVER)),
        ]
    )
    assert [(line["country"], line["position"], line["stale"]) for line in found] == [
        ("Chad and Peru", "Clear", False),
        ("Ghana", "Does not clear", False),
        ("Mali", "Clear", True),
        ("Togo", "No response; proceeding without it", False),
    ]
    assert (found[1]["text"], found[1]["given_by"], found[1]["day"], found[1]["evidence"], found[1]["disposition"]) == (
        "It overlaps.", "Contact", "2026-11-24", 4, "Noted."
    )  # fmt: skip
    assert (found[3]["proceeded"], found[3]["approved_by"], found[3]["text"], found[3]["evidence"]) == (
        "Time is up.", str(APPROVER), "", None
    )  # fmt: skip


def test_dissent_lists_positions_that_do_not_clear() -> None:
    cells = [
        cell("Labor", "clear", position=position()),
        cell("Labor", "does_not_clear", "Peru", position=position(), disposition=SimpleNamespace(text="Noted.")),
        cell("Energy", "does_not_clear", position=position("Too early.")),
    ]
    assert content._dissent(cells) == [
        {"agency": "Labor", "country": "Peru", "reason": "It overlaps.", "disposition": "Noted."},
        {"agency": "Energy", "country": "Ghana", "reason": "Too early.", "disposition": ""},
    ]


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (["clear", "clear"], "ok"),
        (["clear_with_edits"], "ok, with edits"),
        (["clear_with_comments"], "ok, with comments"),
        (["no_equities"], "no equities"),
        (["waiting"], "no response"),
        (["extension", "proceeded"], "no response"),
        (["informed"], "info"),
        (["clear", "does_not_clear"], "Ghana: ok; Peru: does not clear"),
        ([], "info"),
    ],
)
def test_the_line_of_clearance_of_an_agency(statuses: list[str], said: str) -> None:
    cells = {
        n: cell("Labor", status, name)
        for n, (status, name) in enumerate(zip(statuses, ("Ghana", "Peru"), strict=False))
    }
    asked = SimpleNamespace(request=SimpleNamespace(agency=SimpleNamespace(name="Labor")), cells=cells)
    found = content._clearances(cast(Any, SimpleNamespace(sent=[asked])))
    assert found == [{"office": "Labor", "said": said}]


def test_every_status_has_its_label_in_a_memo() -> None:
    assert content.POSITION_LABELS == {
        "clear": "Clear",
        "clear_with_edits": "Clear with edits",
        "clear_with_comments": "Clear with comments",
        "does_not_clear": "Does not clear",
        "no_equities": "No equities",
        "extension": "Extension requested",
        "waiting": "No response yet",
        "no_response": "No response",
        "proceeded": "No response; proceeding without it",
        "informed": "For information",
    }
