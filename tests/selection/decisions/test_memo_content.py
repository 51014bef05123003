"""The parts of a memo as plain data and sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cpc.accounts.models import User
from cpc.web import formats
from indicators.models import Country
from selection.candidates.queries import CandidateDoubt, RoundPage, ScoredCandidate
from selection.consultation.position_status import PositionStatus
from selection.decisions.memo import agencies, attachments, changes, countries, length, summary, type_widths
from selection.decisions.memo.facts import MemoFacts, MemoLine
from selection.decisions.memo.findings import finding_of, word_of
from selection.decisions.memo.problem import NOTHING_KNOWN, CountryFacts, problem, tier, tier_caveat
from selection.decisions.memo.sample import SAMPLE
from selection.decisions.memo.wording import agency_in_text, country_in_text, sentence
from selection.decisions.queries import Deliberated
from selection.lookups.earlier_compacts import EarlierCompact, PolicyLimits, StatedAmount
from selection.model_definition.criteria_table import read
from selection.model_definition.statutory_criteria import Condition, StatutoryAnswer, StatutoryCriterion
from selection.models import Candidate, Decision, Recommendation, ScoringModel, SelectionRound
from selection.runs.queries.all_in import OverdueEdition
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
LIMITS = PolicyLimits(60, Decimal(5_000_000), "A policy")
MET, NOT_MET, NOT_KNOWN = StatutoryAnswer.MET, StatutoryAnswer.NOT_MET, StatutoryAnswer.NOT_KNOWN
COMPACT = EarlierCompact(
    "GHA", "Ghana", "completed", "/", dt.date(2015, 6, 23), dt.date(2020, 6, 23), dt.date(2020, 6, 23), is_over=True
)


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


def criterion(key: str, *answers: StatutoryAnswer, needs: int | None = None) -> StatutoryCriterion:
    """Return a statutory criterion with a condition for each answer: an estimate first for prevalence, else ratings."""
    names = ("prevalence", "forms") if key == "prevalence" else ("prosecution", "protection", "prevention")
    conditions = []
    for name, answer in zip(names, answers, strict=False):
        kind = {"kind": "goalposts"} if name == "prevalence" else {"kind": "rubric", "lower": 0, "upper": 4}
        row = SimpleNamespace(key=name, label=f"Political will: {name}", function=kind)
        u = None if answer is NOT_KNOWN else 0.75 if answer is MET else 0.25
        states = "7.8 published for 2021" if name == "prevalence" and u else ""
        conditions.append(Condition(cast(Any, row), "rated 2 or more", u, answer, states))
    met, open_ = sum(answer is MET for answer in answers), sum(answer is NOT_KNOWN for answer in answers)
    asked = needs or (1 if key == "prevalence" else 3)
    answer = MET if met >= asked else NOT_KNOWN if met + open_ >= asked else NOT_MET
    return StatutoryCriterion(key, key, "22 U.S.C.", "", asked, tuple(conditions), answer)


BOTH_FOUND = (criterion("prevalence", MET, MET), criterion("commitment", MET, MET, MET))


def row(
    name: str,
    action: str,
    *,
    amount: int | None = None,
    months: int | None = None,
    criteria: Sequence[StatutoryCriterion] = BOTH_FOUND,
    compacts: Sequence[EarlierCompact] = (),
    cells: Sequence[Any] = (),
    decision: Decision | None = None,
    score: RankingRow | None = None,
    rationale: str = "The courts are ready. More follows.",
) -> MemoLine:
    candidate = Candidate(country=Country(code=name[:3].upper(), name=name))
    made = Recommendation(
        pk=5, candidate=candidate, action=action, rationale=rationale, place=2, drafted_by=ANALYST, at=MOMENT
    )
    made.proposed_amount, made.proposed_months, made.funding = amount, months, ""
    scored = ScoredCandidate(candidate, score)
    return MemoLine(
        Deliberated(scored, made, decision),
        made,
        CountryFacts(),
        criteria,
        {},
        compacts,
        cells,
        cast(Any, SimpleNamespace(statuses=[])),
        decision,
    )


def memo(*rows: MemoLine, cells: Sequence[Any] = (), notes: Sequence[Any] = (), **values: Any) -> MemoFacts:
    consultation: Any = SimpleNamespace(
        cells=[*cells, *(cell for line in rows for cell in line.cells)],
        sent=[SimpleNamespace(cells={})] * bool(cells or any(line.cells for line in rows)),
        not_asked=(),
        missing=(),
        candidates=(),
    )
    return MemoFacts(TODAY, page(), rows, consultation, notes, **{"limits": LIMITS, **values})


def cell(agency: str, status: str, name: str = "Ghana", text: str = "", **values: Any) -> Any:
    position = SimpleNamespace(text=text, given_by="Contact", at=MOMENT, is_unopened=False) if text else None
    usual: dict[str, Any] = {"position": position, "disposition": None, "proceeded": None, "is_stale": False}
    full = {"Labor": "Department of Labor, Bureau", "Justice": "Department of Justice"}.get(agency, agency)
    return SimpleNamespace(
        request=SimpleNamespace(agency=SimpleNamespace(name=full, short=agency)),
        candidate=SimpleNamespace(country=SimpleNamespace(name=name), pk=name),
        status=PositionStatus(status),
        **{**usual, **values},
    )


# ---- bottom line ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (memo(), "We recommend that you select no country now."),
        (
            memo(
                row("Ghana", "select", amount=5_000_000, months=60, compacts=[COMPACT], cells=[cell("Labor", "clear")])
            ),
            "We recommend that you select Ghana. It meets the two criteria of the statute (22 U.S.C. 7103a(d)(5)). It "
            "had a compact before, so this would not be its first. It would take up to $5.0M, within the policy limits "
            "of $5.0M and 60 months. No agency objects to it.",
        ),
        (
            memo(
                row("Philippines", "select", amount=4_000_000, months=48),
                row("Ghana", "select", amount=5_000_001, months=60),
                row("Nepal", "not_selected", cells=[cell("Labor", "does_not_clear", "Nepal", "It overlaps.")]),
            ),
            "We recommend that you select the Philippines and Ghana. Both meet the two criteria of the statute "
            "(22 U.S.C. 7103a(d)(5)). Together they would take up to $9.0M, above the policy limits of $5.0M and 60 "
            "months each. Labor does not clear Nepal, which we do not recommend.",
        ),
        (
            memo(
                row("Ghana", "select", amount=1_000_000),
                row("Peru", "select", criteria=(criterion("prevalence", NOT_MET, NOT_MET),)),
                row("Chad", "shortlist"),
            ),
            "We recommend that you select Ghana and Peru, and keep Chad on the shortlist. Peru is not found to meet "
            "the two criteria of the statute (22 U.S.C. 7103a(d)(5)). Up to $1.0M for Ghana; the amount of the others "
            "is not stated.",
        ),
        (
            memo(row("Ghana", "select", cells=[cell("Justice", "does_not_clear", text="No.")])),
            "We recommend that you select Ghana. It meets the two criteria of the statute (22 U.S.C. 7103a(d)(5)). "
            "No amount is stated. Justice does not clear Ghana.",
        ),
    ],
)  # fmt: skip
def test_the_bottom_line(found: MemoFacts, expected: str) -> None:
    assert " ".join(summary.bottom_line(found)) == expected


@pytest.mark.parametrize("count", [1, 4, 14, 40])
def test_the_bottom_line_has_at_most_five_lines(count: int) -> None:
    rows = [
        row(f"A country with a long name {n}", "select", amount=1_000_000, months=60, compacts=[COMPACT],
            cells=[cell("Labor", "does_not_clear", f"A country with a long name {n}", "No.")])
        for n in range(count)
    ]  # fmt: skip
    told = " ".join(summary.bottom_line(memo(*rows)))
    assert type_widths.lines_of(told, length.WHOLE, lead="BOTTOM LINE.") <= 5
    assert "does not clear" in told


def test_the_bottom_line_tells_decisions_of_a_memo_with_them() -> None:
    decision = Decision(action="select", decided_by=APPROVER, at=MOMENT)
    decision.recommendation_id = 5
    told = " ".join(summary.bottom_line(memo(row("Ghana", "select", decision=decision), row("Peru", "defer"))))
    assert "Decided: select (Ghana). One waits for a decision." in told


# ---- recommendations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "lead", "text"),
    [
        (row("Ghana", "select", amount=5_000_000, months=60), "Select Ghana", ": up to $5.0M over 60 months."),
        (row("Philippines", "select", amount=921_760, months=1, compacts=[COMPACT]), "Select the Philippines",
         " again: up to $921,760 over 1 month."),
        (row("Ghana", "select"), "Select Ghana", ": money and term are not stated."),
        (row("Ghana", "select", months=48), "Select Ghana", ": 48 months."),
        (row("Peru", "shortlist"), "Keep Peru on the shortlist", ": The courts are ready."),
        (row("Nepal", "not_selected", criteria=(criterion("commitment", NOT_MET, MET, MET),),
             cells=[cell("Labor", "does_not_clear", "Nepal", "No.")]),
         "Do not select Nepal", ": commitment not found; Labor does not clear."),
        (row("Chad", "defer", rationale="x" * 400), "Defer Chad", ": the reason is in the table below."),
    ],
)  # fmt: skip
def test_the_line_to_decide_on(found: MemoLine, lead: str, text: str) -> None:
    shown = summary.recommendation_of(found, memo(found))
    assert (shown["lead"], shown["text"]) == (lead, text)


def test_an_earlier_decision_is_in_effect_until_the_new_recommendation_is_decided() -> None:
    decision = Decision(action="defer", decided_by=APPROVER, at=MOMENT)
    decision.recommendation_id = 4
    shown = summary.recommendation_of(row("Ghana", "select", decision=decision), memo())
    assert (shown["decision"], shown["in_effect"], shown["in_effect_since"]) == ("", "Defer", "2026-11-24")
    decision.recommendation_id = 5
    decision.supersedes = Decision(action="select")
    shown = summary.recommendation_of(row("Ghana", "defer", decision=decision), memo())
    assert (shown["decision"], shown["decided_by"], shown["supersedes"], shown["in_effect"]) == (
        "Defer", str(APPROVER), "Select", ""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "months", "text"),
    [
        (4_999_999, 59, "Within both policy limits; no exception needed."),
        (5_000_000, 60, "At both policy limits, so any extension needs an exception."),
        (5_000_000, 59, "Within both policy limits; no exception needed."),
        (5_000_001, 60, "Above the policy limit of $5.0M: an exception is needed."),
        (5_000_000, 61, "Above the policy limit of 60 months: an exception is needed."),
        (6_000_000, 61, "Above the policy limits of $5.0M and 60 months: an exception is needed."),
        (5_000_000, None, "Within the policy limit as far as stated."),
    ],
)
def test_what_is_asked_for_is_compared_with_the_policy(amount: int, months: int | None, text: str) -> None:
    assert countries.compared(amount, months, LIMITS) == text
    assert countries.compared(amount, months, None) == "No policy on limits is in force."


# ---- before you decide ---------------------------------------------------------------------------------------------


def test_dissent_is_stated_by_name() -> None:
    cells = [cell("Labor", "does_not_clear", "Nepal", "It overlaps."), cell("Justice", "clear", "Nepal")]
    lines = summary.before_you_decide(memo(row("Nepal", "defer", cells=cells)))
    assert lines[0] == {"lead": "Consultation.", "text": "All 2 answers are in."}
    assert lines[1] == {"lead": "Dissent.", "text": "Labor does not clear Nepal: “It overlaps.”"}


@pytest.mark.parametrize(
    ("came", "asked", "text"),
    [
        (0, 0, "No agency was asked for a position."),
        (0, 1, "0 of 1 answers are in."),
        (1, 1, "The one answer is in."),
        (47, 48, "47 of 48 answers are in."),
        (48, 48, "All 48 answers are in."),
    ],
)
def test_answers_are_counted(came: int, asked: int, text: str) -> None:
    assert summary._count_of_answers(came, asked) == text


# ---- findings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "word", "text"),
    [
        (criterion("prevalence", MET, NOT_MET), "Found",
         "Political will: prevalence: 7.8 per 1,000 in 2021 (2 or more is asked). Political will: forms rated 1 (2 or "
         "more is asked), which alone would not meet the test."),
        (criterion("prevalence", NOT_MET, MET), "Found, on forms",
         "Political will: prevalence: 7.8 per 1,000 in 2021 (2 or more is asked), which alone would not meet the "
         "test. Political will: forms rated 3 (2 or more is asked)."),
        (criterion("prevalence", NOT_MET, NOT_MET), "Not found",
         "Political will: prevalence: 7.8 per 1,000 in 2021 (2 or more is asked). Political will: forms rated 1 (2 or "
         "more is asked)."),
        (criterion("prevalence", NOT_KNOWN, NOT_KNOWN), "No finding",
         "Political will: prevalence: not published. Political will: forms: not rated."),
        (criterion("commitment", MET, MET, MET), "Found",
         "Prosecution 3, protection 3, prevention 3 (2 or more is asked of each)."),
        (criterion("commitment", MET, MET, NOT_KNOWN), "No finding",
         "Political will: prosecution rated 3 (2 or more is asked). Political will: protection rated 3 (2 or more is "
         "asked). Political will: prevention: not rated."),
    ],
)  # fmt: skip
def test_a_finding_and_what_it_rests_on(found: StatutoryCriterion, word: str, text: str) -> None:
    shown = finding_of(found)
    assert (word_of(found), shown["lead"], shown["text"]) == (word, f"{word}.", text)


@pytest.mark.parametrize(
    ("found", "brief"),
    [
        (criterion("prevalence", MET, MET), "Found: 7.8 per 1,000, forms 3"),
        (criterion("prevalence", NOT_MET, MET), "Found, on forms: forms 3"),
        (criterion("commitment", NOT_MET, MET, MET), "Not found: prosecution 1"),
        (criterion("commitment", MET, MET, NOT_KNOWN), "No finding: prevention not known"),
    ],
)
def test_a_finding_in_a_cell(found: StatutoryCriterion, brief: str) -> None:
    assert finding_of(found)["brief"] == brief


# ---- the problem and the tier --------------------------------------------------------------------------------------


def seen(code: str, year: int, *, value: float | None = None, label: str = "", **more: Any) -> Any:
    source = SimpleNamespace(publisher={"gsi": "Walk Free"}.get(code[:3], "State"))
    display = label or (f"{value:,.1f}" if value is not None and value != int(value) else f"{value or 0:,.0f}")
    usual = {"quality": "stated", "note": "", "edition": "2023", "missing": "", "is_year_of_report": False, "pk": year}
    return SimpleNamespace(
        indicator=SimpleNamespace(code=code, source=source), year=year, value=value, label=label, display=display,
        **{**usual, **more},
    )  # fmt: skip


def facts(*rows: Any, **more: Any) -> CountryFacts:
    values: dict[str, list[Any]] = {}
    for found in sorted(rows, key=lambda one: -one.year):
        values.setdefault(found.indicator.code, []).append(found)
    return CountryFacts(values, **more)


def test_the_problem_is_stated_from_figures_with_publisher_and_year() -> None:
    found = facts(
        seen("gsi.prevalence", 2021, value=7.8),
        seen("gsi.people_in_modern_slavery", 2021, value=859_000),
        *(seen("glotip.child_victims", year, value=value) for year, value in ((2016, 9), (2017, 439), (2018, 611),
                                                                              (2019, 463), (2020, 305))),
        seen("unicef.child_labour_activity_or_chores", 2018, value=20.1),
        seen("unicef.child_labour_activity", 2022, value=5.5, is_year_of_report=True),
        forms=("Online exploitation", "Domestic servitude"), confirmed=2, report_year=2024,
    )  # fmt: skip
    assert problem(found) == (
        "An estimated 859,000 people in modern slavery, 7.8 per 1,000 (Walk Free, 2023 edition). Detected child "
        "victims: 439, 611, 463 and 305 in 2017 to 2020 (UNODC). Child labor, ages 5 to 17 (UNICEF): 20.1% with "
        "household chores (2018), 5.5% without chores (report of 2022); two surveys, so no trend. Forms of child "
        "trafficking named: online exploitation and domestic servitude (TIP Report 2024)."
    )
    both = [seen("unicef.child_labour_activity_or_chores", 2020, value=14.0)]
    both.append(seen("unicef.child_labour_activity", 2020, value=24.1))
    assert problem(facts(*both)).endswith("14% with household chores (2020), 24.1% without chores (2020).")


def test_a_problem_without_figures_names_the_lack() -> None:
    assert problem(CountryFacts()) == NOTHING_KNOWN
    assert problem(facts(seen("glotip.child_victims", 2018, value=7), seen("glotip.child_victims", 2020, value=9))) == (
        "Detected child victims: 7 and 9 in 2018 and 2020 (UNODC)."
    )
    told = problem(facts(forms=("Begging", "Mining"), confirmed=1, report_year=2024))
    assert told.endswith("(TIP Report 2024; not all confirmed by an analyst).")


def test_a_tier_is_stated_with_its_years_and_its_doubt() -> None:
    assert tier(CountryFacts()) == "No tier is on file."
    assert tier(facts(seen("tip.tier", 2025, label="Tier 2"))) == "Tier 2 in 2025."
    rows = [seen("tip.tier", year, label="Tier 2") for year in (2022, 2023, 2024, 2025)]
    assert tier(facts(*rows, seen("tip.tier", 2021, label="Tier 1"))) == "Tier 2 since 2022."
    assert tier(facts(*rows, seen("tip.tier", 2019, label="Tier 2"))) == "Tier 2 since 2022."
    watch = [seen("tip.tier", year, label="Tier 2 Watch List") for year in (2024, 2025)]
    assert tier(facts(*watch)) == "Tier 2 Watch List since 2024, 2 reports in a row."
    doubtful = facts(seen("tip.tier", 2025, label="Tier 2", quality="unconfirmed"))
    assert tier(doubtful) == "Tier 2 in 2025. The 2025 tier is not confirmed: the only source is a third-party list."
    assert tier_caveat(facts(seen("tip.tier", 2025, label="Tier 2", quality="inferred"))) == (
        "The 2025 tier is not confirmed: it is inferred."
    )


# ---- earlier compacts ----------------------------------------------------------------------------------------------


def test_an_earlier_compact_is_stated_with_days_money_and_limits() -> None:
    peru = replace(
        COMPACT,
        signed=dt.date(2017, 6, 15),
        ended=None,
        ends=dt.date(2024, 6, 15),
        planned=StatedAmount(Decimal(5_000_000)),
        later=(
            StatedAmount(Decimal(11_000_000), "more than", "2022"),
            StatedAmount(Decimal(7_100_000)),
        ),
        extended_to=84,
        months_over=24,
        funding_over=Decimal(6_000_000),
    )
    assert peru.sentence == (
        "Compact of Jun 15, 2017, extended to 84 months, ended Jun 15, 2024. $5.0M planned, later reports "
        "differ: more than $11.0M (2022) and $7.1M (day not known). Above both limits of today's policy."
    )
    assert "$5.0M planned, later reported as $7.1M (day not known)." in replace(peru, later=peru.later[1:]).sentence
    assert replace(COMPACT, is_over=False).name == "Compact of Jun 23, 2015, in force until Jun 23, 2020"
    assert replace(COMPACT, signed=None, status="negotiating").name == "A compact is being prepared (negotiating)"
    assert COMPACT.sentence.endswith("Planned amount not known. Within the limits of today's policy.")


def test_the_first_page_names_a_finding_that_rests_on_ratings_alone_and_who_ranks_above() -> None:
    on_forms = (criterion("prevalence", NOT_MET, MET), criterion("commitment", MET, MET, MET))
    ghana = row("Ghana", "select", score=ranking_row("GHA", rank=1), criteria=on_forms)
    held = row("Sierra Leone", "shortlist", score=ranking_row("SLE", rank=2), rationale="The funds are enough. More.")
    peru = row("Peru", "select", score=ranking_row("PER", rank=3))
    said = {found["lead"]: found["text"] for found in summary.before_you_decide(memo(ghana, held, peru))}
    assert said["Statute."] == (
        "Ghana meets (A) by the staff's rating of forms of child trafficking; its estimate of prevalence is below the "
        "threshold."
    )
    assert said["Ranking."].endswith(
        "Sierra Leone has rank 2, above Peru, and stays on the shortlist: The funds are enough."
    )
    equal = row("Malawi", "defer", score=ranking_row("MWI", rank=3))
    usual = {found["lead"]: found["text"] for found in summary.before_you_decide(memo(peru, equal))}
    assert "Statute." not in usual
    assert "has rank" not in usual["Ranking."]


@pytest.mark.parametrize(("early", "when"), [(True, ", before the due date,"), (False, "")])
def test_a_consent_names_whether_the_agency_still_had_time(early: bool, when: str) -> None:
    consent: Any = SimpleNamespace(approved_by="Approver", at=MOMENT, before_due=early, reason="the year ends")
    day = formats.day(MOMENT.date())
    assert agencies.went_on(consent) == f"Approver agreed on {day}{when} to go on without it: The year ends."


def test_a_report_that_is_due_and_not_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    due = OverdueEdition("tier", "tip", "Trafficking in Persons Report", "2026", dt.date(2026, 6, 30))
    scored = memo(row("Ghana", "select"))
    said = {found["lead"]: found["text"] for found in summary.before_you_decide(scored)}
    assert "Tiers." not in said
    monkeypatch.setattr(summary, "all_in_findings", lambda _run: SimpleNamespace(overdue=(due,)))
    run: Any = SimpleNamespace(run=None)
    late = replace(scored, page=page(runs=(run,)))
    said = {found["lead"]: found["text"] for found in summary.before_you_decide(late)}
    assert said["Tiers."] == "The 2026 TIP Report has been due since Jun 30, 2026 and is not loaded."


def test_how_the_axes_make_the_score_is_stated_so_that_a_score_below_both_is_no_error() -> None:
    table = read()
    assert attachments.joining(table) == (
        "Need and feasibility are scored apart. Stretched to 0 to 100: need from 0 to 85 and feasibility from 33 to "
        "85. The score is their geometric mean, which a low value of one pulls down."
    )
    plain = replace(table, nodes=tuple(replace(node, span=None) for node in table.nodes), aggregation="arithmetic")
    assert attachments.joining(plain) == ("Need and feasibility are scored apart. The score is their weighted mean.")


# ---- agencies ------------------------------------------------------------------------------------------------------


def test_names_of_agencies_and_countries_in_a_sentence() -> None:
    assert agency_in_text("Department of Labor, Bureau of International Labor Affairs", "DOL") == "Labor"
    assert agency_in_text("Department of Homeland Security", "DHS") == "DHS"
    assert agency_in_text("Department of State, Office of Foreign Assistance", "State/F") == "State/F"
    assert (country_in_text("Philippines"), country_in_text("Ghana")) == ("the Philippines", "Ghana")
    assert sentence("it stands: “Yes.”") == "It stands: “Yes.”"


NAMED = SimpleNamespace(text="Named\nRejected: “Say so” It is known", outcomes=[{"edit": "Say so"}])


def test_the_answers_on_one_candidate() -> None:
    told = agencies.answers_on(
        [
            cell("Labor", "clear"),
            cell("Justice", "clear"),
            cell("DHS", "no_equities"),
            cell("HHS", "clear_with_comments", text="Name the “cyber” unit & its head",
                 disposition=NAMED),
            cell("State/F", "no_response"),
            cell("EAP", "clear", text="Fine.", is_stale=True),
            cell("L", "proceeded",
                 proceeded=SimpleNamespace(reason="It was called twice.", approved_by="Kofi", at=MOMENT)),
        ]
    )  # fmt: skip
    assert told == (
        "Labor and Justice clear. DHS has no equities. State/F and L gave no response. HHS clears with comments: “Name "
        "the “cyber” unit & its head”. Named. Rejected: “Say so” It is known. EAP clears (given on older evidence): "
        "“Fine.”"
    )
    assert agencies.answers_on([]) == "None."


def test_a_position_given_without_opening_the_evidence_is_marked() -> None:
    position = SimpleNamespace(text="", given_by="Contact", at=MOMENT, is_unopened=True)
    assert agencies.answers_on([cell("Labor", "clear", position=position)]) == (
        "Labor clears (given without opening the evidence)."
    )


@pytest.mark.parametrize(
    ("statuses", "answer"),
    [
        (["clear", "clear"], "ok"),
        (["clear_with_edits"], "ok, with edits"),
        (["clear_with_comments"], "ok, with comments"),
        (["no_equities"], "no equities"),
        (["waiting"], "no response"),
        (["extension", "proceeded"], "no response"),
        (["informed"], "info"),
        (["clear", "does_not_clear"], "ok on Ghana; does not clear Peru"),
        (["clear", "clear", "clear", "no_response"], "ok on 3; no response on Togo"),
        ([], "info"),
    ],
)
def test_the_line_of_clearance_of_an_agency(statuses: list[str], answer: str) -> None:
    names = ("Ghana", "Peru", "Chad", "Togo")
    cells = {n: cell("Labor", status, names[n]) for n, status in enumerate(statuses)}
    asked = SimpleNamespace(request=SimpleNamespace(agency=SimpleNamespace(name="Labor")), cells=cells)
    found = agencies.clearances_of(cast(Any, SimpleNamespace(sent=[asked], not_asked=[])))
    assert found == [{"office": "Labor", "answer": answer}]


# ---- attachments ---------------------------------------------------------------------------------------------------

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
        (ranking_row("GHA", status="not_rankable", reason="No figure."), replace(DOUBT, place=5), 30, "No figure."),
    ],
)  # fmt: skip
def test_the_limits_of_a_rank(row: RankingRow | None, doubt: CandidateDoubt | None, ranked: int, text: str) -> None:
    scored = ScoredCandidate(Candidate(country=Country(code="GHA", name="Ghana")), row, doubt)
    assert attachments.rank_limits(scored, page(ranked)) == text


@pytest.mark.parametrize(
    ("intervals", "text"),
    [
        ([], "No candidate has a rank."),
        ([(1, 1)], "One candidate is ranked, so there is no order."),
        ([(1, 1), (2, 2)], "No rank moves in 90% of the draws."),
        ([(1, 1), (2, 3), (2, 3)], "Only the first rank is firm."),
        ([(1, 2), (1, 2), (3, 3)], "Only one rank is firm: C."),
        ([(1, 2), (1, 2)], "No rank is firm: each candidate takes several ranks in 90% of the draws."),
        ([(None, None), (None, None)], "No draws were made: whether the order holds is not known."),
    ],
)
def test_what_is_sure_of_a_ranking(intervals: list[tuple[int | None, int | None]], text: str) -> None:
    rows = [
        {"rank": rank, "low": low, "high": high, "country": "ABC"[rank - 1]}
        for rank, (low, high) in enumerate(intervals, 1)
    ]
    assert attachments.certainty(rows) == text


def test_raters_are_counted_by_criterion_and_country() -> None:
    ratings = {"courts": {"GHA": [1, 2], "CIV": [3]}, "forms": {"GHA": [4]}}
    run = SimpleNamespace(run=SimpleNamespace(inputs={"ratings": ratings}))
    assert attachments._raters(page(runs=(cast(Any, run),))) == {"GHA": [2, 1], "CIV": [1]}
    assert attachments._raters(page()) == {}


# ---- changes -------------------------------------------------------------------------------------------------------


def test_changes_from_one_version_to_the_next_are_listed() -> None:
    before: dict[str, Any] = {**SAMPLE, "changes": []}
    assert changes.changes_between(before, before) == []
    line = {**before["recommendations"][0], "label": "Defer", "amount": 2_000_000.0, "rationale": "Other."}
    matrix = {**before["matrix"], "rows": [{"country": "Country", "marks": ["X"]}]}
    after = {
        **before,
        "recommendations": [line],
        "matrix": matrix,
        "notes": [],
        "ranking": [{**before["ranking"][0], "rank": 2, "score": 41.0}],
        "sources": [],
        "resources": ["Other."],
    }
    assert changes.changes_between(before, after) == [
        "Country: defer instead of select.",
        "Country: money and term are $2.0M over 12 months, not $1.0M over 12 months.",
        "Country: another reason.",
        "Agency on Country: X, before C.",
        "Note DOL-1 is settled.",
        "Country: rank 2 with 41.0, before 1 with 50.0.",
        "Changed as well: the sources.",
    ]
    gone = changes.changes_between(before, {**before, "recommendations": [], "purpose": "with_decisions"})
    assert gone == ["This issue has the decisions.", "Country: no longer recommended on."]
