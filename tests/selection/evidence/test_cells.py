"""Versions of the evidence: cells as text, what counts as a change, and notifications."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cpc.notifications.models import Notification
from indicators.models import Observation
from indicators.queries import current
from selection.evidence import services
from selection.evidence.evidence_options import offers
from selection.evidence.queries import newest_evidence
from selection.model_definition.criteria_table import Stage, read
from selection.models import EvidenceVersion, SelectionRound
from selection.scoring import sha256_of
from selection.scoring_inputs.cells import Cell, Rated
from tests.support.rankings import publish_values, value
from tests.support.rounds import Office
from tests.support.unguarded import unguarded

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


def test_differences_have_the_values_before_and_after() -> None:
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
def test_agencies_are_notified_once_of_answers_on_older_evidence(office: Office) -> None:
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
def test_agencies_are_not_notified_before_the_consultation(office: Office) -> None:
    assert services.notify_of_stale_positions(selection_round=office.scored()) == 0


@pytest.mark.django_db
@pytest.mark.world("scoring")
def test_current_ratings_omit_superseded_and_unknown_ones(office: Office) -> None:
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
def test_evidence_options_are_grouped_with_relevant_groups_first(office: Office) -> None:
    ghana = office.candidate(office.scored())
    groups = offers(ghana, "us_programs", None)
    assert "Values of publishers" in [group.label for group in groups]
    assert all(group.offers for group in groups)
    assert [group.near for group in groups] == sorted((group.near for group in groups), reverse=True)
    keys = [offer.key for group in groups for offer in group.offers]
    assert len(keys) == len(set(keys))
    own = cast(Any, office.rate(ghana))
    assert "Linked earlier, then replaced or removed" not in [group.label for group in offers(ghana, "cpi", own)]


# ---- after a publication -------------------------------------------------------------------------------------------


@pytest.fixture
def consulting(office: Office) -> SelectionRound:
    return office.consulting()


def versions(office: Office, found: SelectionRound, code: str) -> list[EvidenceVersion]:
    return list(office.candidate(found, code).evidence.order_by("number"))


@pytest.mark.django_db
@pytest.mark.world("consultation")
def test_a_new_value_gives_a_new_version_to_its_country_alone(
    office: Office, consulting: SelectionRound, tmp_path: Path
) -> None:
    before = versions(office, consulting, "GHA")[-1]
    others = {code: versions(office, consulting, code) for code in ("CIV", "XKX")}
    publish_values(tmp_path, [value("cpi.score", "GHA", "2025", "85", error="2.5")], edition="2026")
    assert services.refresh_evidence(selection_round=consulting) == 1
    made = versions(office, consulting, "GHA")[-1]
    assert (made.number, made.as_of) == (before.number + 1, current())
    assert made.run == consulting.runs.order_by("-number")[0].run
    [change] = made.changes
    assert (change["key"], change["before"]) == ("cpi", before.cells["cpi"]["words"])
    assert change["label"] == before.cells["cpi"]["name"]
    assert change["after"] == made.cells["cpi"]["words"] == "85 (2025, 2026)"
    assert {key for key, cell in made.cells.items() if cell != before.cells[key]} == {"cpi"}
    assert set(made.cells) == {row.key for row in consulting.model.as_table.rows(Stage.FULL)}
    assert made.digest == sha256_of({key: services.content(cell) for key, cell in made.cells.items()})
    assert {code: versions(office, consulting, code) for code in others} == others
    consulting.refresh_from_db()
    assert consulting.evidence_as_of == current()
    assert services.refresh_evidence(selection_round=consulting) == 0
    assert services.fresh_evidence(selection_round=consulting) == 0


@pytest.mark.django_db
@pytest.mark.world("consultation")
def test_a_later_edition_of_the_same_value_gives_no_version(
    office: Office, consulting: SelectionRound, tmp_path: Path
) -> None:
    number = versions(office, consulting, "GHA")[-1].number
    held = Observation.objects.live().get(indicator__code="cpi.score", country__code="GHA", period="2025")
    publish_values(tmp_path, [value("cpi.score", "GHA", "2025", f"{held.value:g}", error="2.5")], edition="2026")
    assert services.fresh_evidence_of_open_rounds() == 0
    assert versions(office, consulting, "GHA")[-1].number == number
    consulting.refresh_from_db()
    assert consulting.evidence_as_of == current()


@pytest.mark.django_db
@pytest.mark.world("consultation")
def test_publication_refreshes_open_rounds_and_notifies_agencies_that_answered(
    office: Office, consulting: SelectionRound, tmp_path: Path
) -> None:
    labor = office.agency()
    office.answer(office.ask(consulting, labor))
    before = set(Notification.objects.values_list("pk", flat=True))
    rows = [value("cpi.score", code, "2025", "85", error="2.5") for code in ("GHA", "CIV")]
    publish_values(tmp_path, rows, edition="2026")
    assert services.fresh_evidence_of_open_rounds() == 2
    told = Notification.objects.exclude(pk__in=before)
    assert {row.recipient.username for row in told} == {"contact-dol", "member-dol"}
    assert services.fresh_evidence_of_open_rounds() == 0


@pytest.mark.django_db
@pytest.mark.world("consultation")
def test_rounds_that_are_decided_or_archived_keep_their_evidence(
    monkeypatch: pytest.MonkeyPatch, office: Office, consulting: SelectionRound
) -> None:
    asked: list[int] = []

    def fresh(selection_round: SelectionRound) -> int:
        asked.append(selection_round.pk)
        return 2

    monkeypatch.setattr(services, "fresh_evidence", fresh)
    other = office.open(title="Round 2")
    assert services.fresh_evidence_of_open_rounds() == 4
    assert asked == [consulting.pk, other.pk]
    asked.clear()
    with unguarded():
        SelectionRound.objects.filter(pk=consulting.pk).update(state="decided")
    assert (services.fresh_evidence_of_open_rounds(), asked) == (2, [other.pk])
    SelectionRound.objects.filter(pk=consulting.pk).update(state="archived")
    assert services.fresh_evidence_of_open_rounds() == 2
