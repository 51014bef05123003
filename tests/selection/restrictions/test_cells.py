"""Cells of the overview of a round and of its export, lines of a checklist, and their filters."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from selection.models import RestrictionFinding
from selection.restrictions import presenters
from selection.restrictions.checklist import State, by_code, restriction_statuses
from selection.restrictions.queries import ReviewedCountry
from tests.selection.restrictions.reviews import DAY, LATER, ON, review, row

CELLS = {column.label: column for column in presenters.ROUND_TABLE.columns}


def cell(label: str, found: presenters.Row) -> str:
    return str(CELLS[label].value(found))


def test_a_candidate_leads_to_the_checklist_of_its_country() -> None:
    assert cell("Candidate", row()) == '<a href="/countries/GHA/restrictions/">Ghana</a>'


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (row(), "Not barred"),
        (row(review("tier_3", "triggered")), "Held up"),
        (row(review("tier_3", until=ON - DAY)), "Held up"),
        (row(review("sanctions", "triggered")), "Not barred"),
        (row(others=False), "Held up"),
    ],
)
def test_the_badge_of_selection(found: presenters.Row, text: str) -> None:
    assert CELLS["Selection"].cell(found) == text


def test_bars_and_expired_reviews_are_listed_apart() -> None:
    found = row(
        review("tier_3", "triggered"),
        review("faa_debt", "under_review"),
        review("children", until=ON - DAY),
        review("terrorism", until=ON - DAY),
        review("sanctions", "triggered"),
    )
    assert cell("Bar", found) == "TIP Report Tier 3: triggered; Debt under the Foreign Assistance Act: under review"
    assert cell("Expired", found) == "State sponsor of terrorism; Failure to protect children"
    assert cell("Not reviewed", found) == ""


def missing(*codes: str) -> presenters.Row:
    """Return Ghana with a review of everything but these."""
    candidate, reviewed = row()
    rows = [one.review for one in reviewed.statuses if one.review and one.restriction.code not in codes]
    return candidate, ReviewedCountry(reviewed.country, ON, restriction_statuses(rows, ON), {})


def test_more_than_three_missing_reviews_are_folded() -> None:
    assert cell("Not reviewed", missing("tier_3")) == "TIP Report Tier 3"
    three = missing("tier_3", "children", "communist", "sanctions")
    assert cell("Not reviewed", three) == "TIP Report Tier 3; Failure to protect children; Communist countries"
    four = missing("tier_3", "children", "communist", "expropriation")
    assert cell("Not reviewed", four) == (
        "<details><summary>4 restrictions</summary>"
        "TIP Report Tier 3; Failure to protect children; Expropriation; Communist countries</details>"
    )


def test_next_expiry_is_the_first_of_the_reviews_in_force() -> None:
    assert CELLS["Next to expire"].value(row(others=False)) is None
    found = row(review("faa_debt", until=ON - DAY), review("tier_3", until=ON + 40 * DAY), review("coup", until=LATER))
    assert found[1].next_end == ON + 40 * DAY
    assert "Jan 4, 2027" in cell("Next to expire", found)
    assert "<br>" not in cell("Next to expire", found)
    assert row(review("faa_debt", until=ON - DAY), others=False)[1].next_end is None


@pytest.mark.parametrize(
    ("show", "shown"), [("", [True, True, True]), ("held", [False, True, False]), ("ends", [False, False, True])]
)
def test_the_filter_of_the_overview(show: str, shown: Sequence[bool]) -> None:
    rows = row(), row(review("tier_3", "triggered")), row(review("sanctions", until=ON))
    assert [presenters.fits(one, show) for one in rows] == shown


def test_the_figures_have_their_labels_and_notes() -> None:
    assert [(fact.term, fact.note) for fact in presenters.round_facts([])] == [
        ("Can be selected", "considering restrictions only"),
        ("Barred", "by at least one restriction"),
        ("With an expired review", ""),
        ("Expire within 30 days", "candidates with such a review"),
    ]
    assert [(fact.term, fact.note) for fact in presenters.facts(row()[1])] == [
        ("Do not bar", "that apply to selection and signature"),
        ("Bar", ""),
        ("Expired", "count as not reviewed"),
        ("Not reviewed", ""),
        ("Next to expire", ""),
    ]
    counts = row(review("tier_3", "triggered"), review("children", until=ON - DAY), review("coup", until=ON - DAY))
    assert [fact.value for fact in presenters.round_facts([counts, row(), row()])] == ["2 of 3", "1", "1", "0"]
    assert [fact.value for fact in presenters.facts(counts[1])[1:4]] == ["1", "2", "0"]


def test_the_export_has_a_row_for_each_restriction_of_each_candidate() -> None:
    rows = presenters.flat([row(), row(review("unit_vetting", "waived", until=ON), others=False)])
    assert len(rows) == 2 * len(by_code())
    found = [
        {column.label: column.cell(line) for column in presenters.FILE}
        for line in rows[len(by_code()) :]
        if line[1].restriction.code in ("coup", "unit_vetting")
    ]
    assert [list(one.values()) for one in found] == [
        [
            "Ghana", "GHA", "Military coup (FY 2027)", "Sec. 7008", "Selection, signature and each obligation",
            "Not reviewed", None, None, None, None,
        ],
        [
            "Ghana", "GHA", "Vetting of units", "22 U.S.C. 2378d", "Each obligation", "Waived", "Memo", "L",
            ON - 60 * DAY, ON,
        ],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "applies"),
    [
        ("tier_3", "the government"),
        ("terrorism", "the country"),
        ("sanctions", "a recipient"),
        ("unit_vetting", "a unit that receives training"),
        ("officials", "a person"),
    ],
)
def test_checklist_line_names_to_whom_the_restriction_applies(code: str, applies: str) -> None:
    [line] = [line for line in presenters.lines(row()[1]) if line["restriction"] is by_code()[code]]
    assert line["applies"] == applies


def lines_of(*reviews: RestrictionFinding) -> dict[str, dict[str, object]]:
    """Return the lines of a country's checklist with these reviews of one restriction, the newest first."""
    statuses = restriction_statuses(reversed(reviews), ON)
    reviewed = ReviewedCountry(row()[1].country, ON, statuses, {reviews[0].code: reviews})
    return {line["restriction"].code: line for line in presenters.lines(reviewed)}


def test_a_line_keeps_the_review_that_counts_apart_from_the_others() -> None:
    newest, second, first = (review("tier_3", on=ON - n * DAY) for n in (1, 2, 3))
    line = lines_of(newest, second, first)["tier_3"]
    assert line["review"] is newest
    assert line["earlier"] == [second, first]
    later = review("tier_3", on=ON + DAY)
    line = lines_of(later, second)["tier_3"]
    assert (line["review"], line["earlier"]) == (second, [later]), "a review of a later day does not count yet"
    other = lines_of(newest)["coup"]
    assert (other["review"], other["earlier"], other["name"]) == (None, [], "Military coup (FY 2027)")
    assert other["stops"] == "Selection, signature and each obligation"


def test_restrictions_by_state_may_include_those_not_required_for_selection() -> None:
    reviewed = row(review("tier_3", "triggered"), review("sanctions", "triggered"), review("officials", "triggered"))[1]

    def codes(*, gating: bool) -> list[str]:
        return [found.restriction.code for found in reviewed.by_state(State.BARS, gating=gating)]

    assert codes(gating=True) == ["tier_3"]
    assert codes(gating=False) == ["tier_3", "sanctions", "officials"]


def test_only_a_restriction_for_information_is_a_mere_warning() -> None:
    statuses = row(*(review(code, "triggered") for code in by_code()))[1].statuses
    warned = [found.restriction.code for found in statuses if presenters.mark(found).kind == "warn"]
    assert warned == ["child_soldiers", "officials", "fiscal_transparency", "direct_funds", "notification"]
