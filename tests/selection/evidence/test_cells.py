"""Versions of the evidence: cells as text, what counts as a change, and notifications."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from selection.evidence import services
from selection.evidence.evidence_options import offers
from selection.evidence.queries import newest_evidence
from selection.model_definition.criteria_table import read
from selection.models import EvidenceVersion, SelectionRound
from selection.scoring_inputs.cells import Cell, Rated
from tests.support.rounds import Office

TABLE = read()
CPI = replace(TABLE.row("cpi"), label="Corruption")


def known(**values: Any) -> Any:
    usual = {
        "value": 40.0,
        "label": "",
        "period": "2025",
        "edition": "2026",
        "observation_id": 8,
        "indicator": "cpi.score",
    }
    return SimpleNamespace(**{**usual, **values})


def words(cell: Cell, row: Any = CPI) -> str:
    return str(services.describe_cell(row, cell, {"cpi.score": "CPI score"})["words"])


COMPLEMENT = replace(
    CPI, estimate={"series": [{"key": "", "indicator": "cpi.score", "label": "CPI", "complement": True}]}
)


@pytest.mark.parametrize(
    ("cell", "row", "text"),
    [
        (Cell(rated=Rated({4: 3})), CPI, "rated 3 of 4"),
        (Cell(rated=Rated({4: 3, 2: 2}), used=known()), CPI, "rated 2.5 of 4"),
        (Cell(missing="no_data"), CPI, "no value"),
        (Cell(missing="not_rated"), replace(CPI, indicator=""), "not rated"),
        (Cell(used=known()), CPI, "40 (2025, 2026)"),
        (Cell(used=known(value=40.5)), CPI, "40.5 (2025, 2026)"),
        (Cell(used=known(value=None, label="Tier 2")), CPI, "Tier 2 (2025, 2026)"),
        (Cell(used=known(value=None)), CPI, "no value (2025, 2026)"),
        (Cell(shown=known(), missing="inferred"), CPI, "40 (2025, 2026)"),
        (Cell(used=known(value=0.0), shown=known()), CPI, "0 (2025, 2026)"),
        (Cell(used=known(value=30.0)), COMPLEMENT, "30 (2025, 2026, counts as 70)"),
        (Cell(used=known(value=50.0)), COMPLEMENT, "50 (2025, 2026)"),
        (Cell(shown=known(value=30.0), missing="inferred"), COMPLEMENT, "30 (2025, 2026)"),
    ],
)
def test_a_cell_as_text(cell: Cell, row: Any, text: str) -> None:
    assert words(cell, row) == text


def test_a_cell_keeps_its_observation_and_the_name_of_its_indicator() -> None:
    found = services.describe_cell(CPI, Cell(used=known(), missing="old"), {"cpi.score": "CPI score"})
    assert found == {
        "name": "CPI score",
        "value": 40.0,
        "label": "",
        "missing": "",
        "period": "2025",
        "edition": "2026",
        "observation": 8,
        "words": "40 (2025, 2026)",
    }
    shown = services.describe_cell(CPI, Cell(shown=known(), missing="inferred"), {})
    assert (shown["name"], shown["missing"]) == ("Corruption", "inferred")
    assert services.describe_cell(CPI, Cell(rated=Rated({9: 1, 4: 3})), {})["ratings"] == [4, 9]
    assert services.describe_cell(CPI, Cell(missing="no_data"), {}) == {"missing": "no_data", "words": "no value"}


def cell(**values: Any) -> dict[str, Any]:
    return {"value": 40.0, "label": "", "missing": "", "period": "2025", "edition": "2026", "words": "40", **values}


@pytest.mark.parametrize(
    ("values", "is_change"),
    [
        ({}, False),
        ({"edition": "2027", "words": "40 (2027)", "observation": 9}, False),
        ({"value": 41.0}, True),
        ({"label": "Tier 2"}, True),
        ({"missing": "inferred"}, True),
        ({"period": "2026"}, True),
        ({"ratings": [4]}, True),
    ],
)
def test_a_later_edition_of_the_same_value_is_no_change(values: dict[str, Any], is_change: bool) -> None:
    found = services.differences(TABLE, {"cpi": cell()}, {"cpi": cell(**values)})
    assert bool(found) is is_change


def test_differences_name_what_changed_from_and_to() -> None:
    before = {
        "cpi": cell(name="CPI score"),
        "tier": cell(),
        "same": cell(),
        "gone": cell(),
        "forms": {"missing": "not_rated", "words": "not rated"},
    }
    after = {
        "cpi": cell(value=44.0, words="44", name="CPI"),
        "tier": {"missing": "no_data", "words": "no value"},
        "same": cell(),
        "forms": {"ratings": [4], "words": "rated 3 of 4"},
        "new": cell(words="new"),
        "prevalence": {"missing": "no_data", "words": "no value"},
    }
    before["prevalence"] = cell(name="Modern slavery", words="5")
    assert services.differences(TABLE, before, after) == [
        {"key": "cpi", "label": "CPI", "before": "40", "after": "44"},
        {"key": "tier", "label": TABLE.row("tier").label, "before": "40", "after": "no value"},
        {"key": "forms", "label": TABLE.row("forms").label, "before": "not rated", "after": "rated 3 of 4"},
        {"key": "new", "label": "new", "before": "not in the model", "after": "new"},
        {"key": "prevalence", "label": "Modern slavery", "before": "5", "after": "no value"},
    ]


# ---- with a round --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "evidence_as_of", "refreshed"),
    [
        ("scoring", 4, 3),
        ("scoring", 5, 0),
        ("scoring", 6, 0),
        ("scoring", None, 0),
        ("decided", 4, 0),
        ("archived", 4, 0),
    ],
)
def test_evidence_is_refreshed_in_an_open_round_after_a_publication(
    monkeypatch: pytest.MonkeyPatch, state: str, evidence_as_of: int | None, refreshed: int
) -> None:
    monkeypatch.setattr(services, "current", lambda: 5)
    monkeypatch.setattr(services, "refresh_evidence", lambda **_: 3)
    found = SelectionRound(state=state, evidence_as_of=evidence_as_of)
    assert services.fresh_evidence(selection_round=found) == refreshed


@pytest.mark.django_db
@pytest.mark.world("consultation")
def test_agencies_are_told_once_of_answers_on_older_evidence(office: Office) -> None:
    found = office.consulting()
    request = office.ask(found, office.agency(), "GHA", "CIV")
    office.answer(request)
    office.answer(
        request, "CIV", "extension", "Attorneys travel.", day=request.due_on and request.due_on.replace(day=30)
    )

    def told() -> int:
        return services.notify_of_stale_positions(selection_round=SelectionRound.objects.get(pk=found.pk))

    assert told() == 0
    for code in ("GHA", "CIV"):
        shown = office.candidate(found, code).evidence.get()
        EvidenceVersion.objects.create(
            candidate=shown.candidate, number=2, as_of=shown.as_of, digest="0" * 64, cells=shown.cells
        )
    newest = newest_evidence(office.candidate(found))
    assert newest is not None
    assert newest.number == 2
    people = office.agency().users.filter(is_active=True).count()
    assert told() == people, "the request for more time is no answer"
    assert told() == 0


@pytest.mark.django_db
@pytest.mark.world("scoring")
def test_agencies_are_told_nothing_before_the_consultation(office: Office) -> None:
    assert services.notify_of_stale_positions(selection_round=office.scored()) == 0


@pytest.mark.django_db
@pytest.mark.world("scoring")
def test_current_ratings_leave_out_what_was_replaced_and_what_is_not_known(office: Office) -> None:
    found = office.scored()
    ghana, ivory = office.candidate(found), office.candidate(found, "CIV")
    office.rate(ghana, step=1)
    own = office.rate(ghana, step=3)
    other = office.rate(ghana, step=2, actor=office.second)
    office.rate(ivory, "forms", step=None)
    ratings = services.current_ratings(found)
    assert {key: dict(rated["GHA"].steps) for key, rated in ratings.items()} == {
        "prosecution": {own.pk: 3, other.pk: 2}
    }
    assert services.refresh_evidence(selection_round=found) == 0, "the ratings were noted as they were made"
    numbers = [version.number for version in ghana.evidence.order_by("number")]
    assert numbers == list(range(1, 5))


@pytest.mark.django_db
@pytest.mark.world("scoring")
def test_evidence_offered_for_a_rating_is_grouped_and_what_is_near_comes_first(office: Office) -> None:
    ghana = office.candidate(office.scored())
    groups = offers(ghana, "us_programs", None)
    assert "Values of publishers" in [group.label for group in groups]
    assert all(group.offers for group in groups)
    assert [group.near for group in groups] == sorted((group.near for group in groups), reverse=True)
    keys = [offer.key for group in groups for offer in group.offers]
    assert len(keys) == len(set(keys))
    own = cast(Any, office.rate(ghana))
    assert "Linked earlier, then replaced or removed" not in [group.label for group in offers(ghana, "cpi", own)]
