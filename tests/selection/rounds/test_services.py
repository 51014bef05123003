"""Services and reads of rounds: opening, editing, the pool, moves by hand, and lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cpc.database.revisions import EditConflict
from indicators.queries import current
from selection.models import RoundStep, ScoringModel
from selection.pool_rules.pools import Pool, PoolEntry, PoolInputs, PoolRule
from selection.rounds import forms, queries, services
from tests.support.models import draft
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db


def codes(error: ValidationError) -> list[str]:
    lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    return [str(one.code) for errors in lists for one in errors]


def refused(call: Any, **arguments: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        call(**arguments)
    return codes(caught.value)


def test_a_round_is_opened_on_a_published_model_at_a_publication(office: Office) -> None:
    found = office.open()
    assert (found.as_of, found.opened_by, found.state) == (current(), office.analyst, "draft")
    assert found.as_of_at is not None
    more: dict[str, Any] = {"title": "Round 2", "fiscal_year": 2027, "actor": office.analyst}
    earlier = services.open_round(model=found.model, as_of=0, **more)
    assert (earlier.as_of, earlier.as_of_at, earlier.pool_rule) == (0, None, PoolRule().to_dict())
    assert earlier.reference_date == dt.datetime.now(dt.UTC).date()
    assert refused(services.open_round, model=draft(office.analyst), **{**more, "title": "Round 3"}) == [
        "model_not_published"
    ]


def test_a_round_is_edited_in_draft_only_and_once_per_revision(office: Office) -> None:
    found = office.open()
    before = found.current_revision()
    changed = services.edit_round(
        selection_round=found, values={"title": "Other"}, actor=office.analyst, expected_revision=before
    )
    assert changed.title == "Other"
    with pytest.raises(EditConflict):
        services.edit_round(
            selection_round=found, values={"title": "Third"}, actor=office.second, expected_revision=before
        )
    office.step(found, "screen")
    assert refused(services.edit_round, selection_round=found, values={"title": "Third"}, actor=office.analyst) == [
        "not_draft"
    ]


def test_country_moved_by_hand_stays_there_when_the_pool_is_drawn_again(
    office: Office,
) -> None:
    found = office.step(office.open(), "screen")

    def move(code: str, *, into: bool, reason: str = " Agreed ") -> Any:
        candidate = office.candidate(found, code)
        return services.move_candidate(candidate=candidate, into_pool=into, reason=reason, actor=office.analyst)

    out = move("GHA", into=False)
    assert (out.excluded_because, out.reason, out.by_hand) == ("by_hand", "Agreed", True)
    into = move("ROU", into=True)
    assert (into.excluded_because, into.reason, into.by_hand) == ("", "Agreed", True)
    assert [move.actor for move in into.moves.order_by("pk")] == [None, office.analyst]
    services.draw_pool(selection_round=found, actor=office.analyst)
    assert sorted(found.candidates.in_pool().values_list("country__code", flat=True)) == ["CIV", "ROU", "XKX"]
    assert into.moves.count() == 2, "the rule skips it"
    candidate = {"actor": office.analyst, "reason": "Agreed"}
    assert refused(services.move_candidate, candidate=office.candidate(found, "USA"), into_pool=False, **candidate) == [
        "not_candidate"
    ]
    unlisted = found.candidates.filter(excluded_because="not_listed").first()
    if unlisted is not None:
        assert refused(services.move_candidate, candidate=unlisted, into_pool=True, **candidate) == ["not_listed"]
    assert refused(
        services.move_candidate,
        candidate=office.candidate(found),
        into_pool=True,
        reason="  ",
        actor=office.analyst,
    ) == ["reason"]
    rows = {row.country.code: row for row in queries.pool(found)}
    assert [move.actor for move in rows["ROU"].moves.all()] == [None, office.analyst]


def test_a_rule_that_changed_moves_countries_without_a_person(office: Office) -> None:
    found = office.step(office.open(), "screen")
    found = office.step(found, "return_to_draft")
    services.edit_round(
        selection_round=found, values={"pool_rule": PoolRule(only=("GHA",)).to_dict()}, actor=office.analyst
    )
    found = office.step(found, "screen")
    assert [row.country.code for row in found.candidates.in_pool()] == ["GHA"]
    moves = list(office.candidate(found, "CIV").moves.order_by("pk"))
    assert [(move.excluded_because, move.actor) for move in moves] == [("", None), ("not_added", None)]
    assert office.candidate(found, "GHA").moves.count() == 1
    assert [(step.name, step.source, step.target, step.reason) for step in RoundStep.objects.order_by("pk")] == [
        ("screen", "draft", "screening", "Needed"),
        ("return_to_draft", "screening", "draft", "Needed"),
        ("screen", "draft", "screening", "Needed"),
    ]


def test_an_empty_pool_is_not_scored(office: Office) -> None:
    found = office.open()
    assert refused(services.score_round, selection_round=found, actor=office.analyst) == ["pool_empty"]


@pytest.mark.world("scoring")
def test_scores_are_numbered_and_the_same_one_is_returned(office: Office) -> None:
    found = office.scored()
    first = found.runs.get()
    assert first.number == 1
    assert services.score_round(selection_round=found, actor=office.second) == first
    office.rate(office.candidate(found), step=3)
    second = services.score_round(selection_round=found, actor=office.second, reason="Rated")
    assert (second.number, second.made_by, second.reason) == (2, office.second, "Rated")


# ---- reads ---------------------------------------------------------------------------------------------------------


def test_pool_is_filtered_by_name_and_reason_and_sorted_by_name(office: Office) -> None:
    found = office.step(office.open(), "screen")
    assert [row.country.code for row in queries.pool(found, because="")] == ["CIV", "GHA", "XKX"]
    assert [row.country.code for row in queries.pool(found, query=" GHANA ")] == ["GHA"]
    assert queries.pool(found, query="ghana", because="not_added") == []
    assert len(queries.pool(found)) == found.candidates.count()


def test_only_published_models_are_offered(office: Office) -> None:
    draft(office.analyst)
    assert [model.state for model in queries.published_models()] == ["published"]


def test_the_pool_is_compared_with_that_of_the_desk_screen(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {
        "GHA": PoolEntry("GHA"),
        "PER": PoolEntry("PER"),
        "ALB": PoolEntry("ALB"),
        "XKX": PoolEntry("XKX", "high_income", "High income."),
    }
    asked: list[tuple[dt.date, int]] = []

    def pool_on(on: dt.date, as_of: int) -> Pool:
        asked.append((on, as_of))
        return Pool(PoolInputs(on, ()), "2026", entries)

    monkeypatch.setattr(queries, "pool_on", pool_on)
    found = office.open()
    assert queries.against_screen(found) is None
    found = office.step(found, "screen")
    against = queries.against_screen(found)
    assert against is not None
    ivory = office.candidate(found, "CIV").country.name
    assert (against.size, against.absent) == (3, 2)
    assert against.outside == ((ivory, "Not listed in the newest complete TIP Report."), ("Kosovo", "High income."))
    assert asked == [(ON, found.as_of)]


# ---- forms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "countries", "wrong"),
    [
        ("", (), ""),
        ("Ghana\n\n CIV \nGHA", ("GHA", "CIV"), ""),
        ("Ghana\nAtlantis\n\nLemuria", (), "line 2, “Atlantis”; line 4, “Lemuria”"),
    ],
)
def test_countries_are_named_one_a_line(office: Office, text: str, countries: tuple[str, ...], wrong: str) -> None:
    model = ScoringModel.objects.get(state="published")
    form = forms.RoundForm(
        {"title": "T", "fiscal_year": "2027", "model": model.pk, "reference_date": "2026-11-25", "only": text}
    )
    form.is_valid()
    assert form.cleaned_data.get("only", ()) == countries
    assert wrong in str(form.errors.get("only", ""))


def test_the_form_of_a_round_begins_with_its_values(office: Office) -> None:
    found = office.open(only=("GHA", "CIV"))
    values = forms.RoundForm.initial_of(found)
    assert (values["title"], values["fiscal_year"], values["model"]) == ("Round 1", 2027, found.model_id)
    assert values["only"].splitlines()[0] == "Ghana"
    assert len(values["only"].splitlines()) == 2
    assert values["reference_date"] == ON
