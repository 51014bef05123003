"""Spot check: how many are drawn, who reads them, what a difference asks for, and what is published."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from indicators.imports.publishing import retract
from indicators.models import (
    DrawReason,
    Observation,
    Publication,
    TierAnswer,
    TierConfirmation,
    TierDraw,
    TierDrawing,
    TierSitting,
)
from indicators.observations.as_of import current, known_values
from indicators.tier_confirmations.sampling import draw, sample_size
from indicators.tier_confirmations.services import confirm_tier, record_reading, settle
from indicators.tier_confirmations.spot_checks import spot_check
from tests.support.tier_sittings import (
    YEAR,
    People,
    code_of,
    codes,
    list_tiers,
    load_narrative,
    on_record,
)
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return People.there()


def listed(folder: Path, count: int, **tiers: str) -> list[str]:
    """Publish a list of this many unconfirmed tiers, Tier 2 unless named otherwise."""
    wanted = codes(count)
    list_tiers(folder, {code: tiers.get(code, "2") for code in wanted})
    return wanted


def sitting_of(folder: Path, people: People, count: int, **tiers: str) -> TierSitting:
    return people.confirm_all(listed(folder, count), **tiers)


def values() -> list[tuple[str, str, str]]:
    """Return what a ranking reads of the tiers."""
    return [(value.country, value.label, value.quality) for value in known_values(["tip.tier"])]


def exported(people: People) -> str:
    """Return the file of all tiers that anyone can take from the page of the indicator."""
    client = Client()
    client.force_login(people.second)
    answer: Any = client.get(reverse("indicator", args=["tip.tier"]), {"format": "csv"})
    assert answer.status_code == 200
    text: str = b"".join(answer.streaming_content).decode()
    assert "Tier 2" in text
    return text


@pytest.mark.parametrize(
    ("confirmed", "eligible", "size"),
    [
        (1, 1, 1),
        (9, 9, 9),
        (10, 10, 10),
        (11, 11, 10),
        (100, 100, 10),
        (101, 101, 11),
        (115, 115, 12),
        (115, 4, 4),
        (3, 0, 0),
    ],
)
def test_a_tenth_is_drawn_at_least_ten_or_all(confirmed: int, eligible: int, size: int) -> None:
    assert sample_size(confirmed, eligible) == size


def test_the_seed_draws_in_the_order_of_the_hashes() -> None:
    # sha256sum of "7:A", "7:B", and "7:C" begins with 0d, b8, and 7b.
    assert draw(["B", "C", "A"], seed=7, size=3) == ["A", "C", "B"]
    assert draw(["C", "B", "A"], seed=7, size=2) == ["A", "C"]
    assert draw(["C", "B", "A"], seed=7, size=0) == []


@pytest.mark.parametrize(("count", "drawn"), [(9, 9), (10, 10), (11, 10)])
def test_the_spot_check_is_drawn_with_the_last_tier(tmp_path: Path, people: People, count: int, drawn: int) -> None:
    wanted = listed(tmp_path, count)
    for code in wanted[:-1]:
        people.confirm(code)
    assert not TierDrawing.objects.exists()
    people.confirm(wanted[-1])
    drawing = TierDrawing.objects.get()
    assert (drawing.population, drawing.size, drawing.draws.count()) == (count, drawn, drawn)
    again = draw(wanted, seed=drawing.seed, size=drawing.size)
    assert sorted(again) == sorted(row.confirmation.country.code for row in drawing.draws.all())


def test_a_changed_tier_and_one_of_a_narrative_alone_are_read_besides_the_sample(
    tmp_path: Path, people: People
) -> None:
    wanted = listed(tmp_path, 12)
    load_narrative(tmp_path, "ZWE", "2")
    people.confirm("ZWE", origin="https://www.state.gov/")
    people.confirm_all(wanted, **{wanted[0]: "Tier 3"})
    reasons = {row.confirmation.country.code: row.reason for row in TierDraw.objects.all()}
    assert reasons.pop(wanted[0]) == DrawReason.CHANGED
    assert reasons.pop("ZWE") == DrawReason.NARRATIVE
    assert list(reasons.values()) == [DrawReason.RANDOM] * 10
    assert TierDrawing.objects.get().population == 11


def test_all_agree_and_one_publication_confirms_the_whole_sitting(tmp_path: Path, people: People) -> None:
    sitting = sitting_of(tmp_path, people, 11)
    before, of_ranking = current(), values()
    *draws, last = TierDraw.objects.all()
    for row in draws:
        people.read(row)
    assert (current(), values()) == (before, of_ranking)
    people.read(last)
    sitting.refresh_from_db()
    assert current() == before + 1
    assert sitting.batch == Publication.objects.get(seq=before + 1).batch
    assert [(label, quality) for _, label, quality in values()] == [("Tier 2", "stated")] * 11
    then = [(value.country, value.label, value.quality) for value in known_values(["tip.tier"], as_of=before)]
    assert then == of_ranking
    found = on_record(codes(1)[0])
    assert (found.note, found.locator) == (
        f"confirmed from the report; compiled from: TIP Report {YEAR}, page 7 (sitting {sitting.pk})",
        "line 2, column 4",
    )
    assert spot_check(sitting).state == "done"


def test_a_tier_that_differs_changes_nothing_before_the_second_person(tmp_path: Path, people: People) -> None:
    wanted = listed(tmp_path, 3)
    before, of_ranking, file = current(), values(), exported(people)
    sitting = people.confirm_all(wanted, **{wanted[1]: "Tier 3", wanted[2]: "Not in the report"})
    assert (current(), values(), exported(people)) == (before, of_ranking, file)
    people.read_rest(sitting, **{wanted[1]: "Tier 3", wanted[2]: "Not in the report"})
    assert current() == before + 1
    assert values() == [(wanted[0], "Tier 2", "stated"), (wanted[1], "Tier 3", "stated"), (wanted[2], "", "stated")]
    gone = Observation.objects.live().get(country__code=wanted[2], indicator__code="tip.tier")
    assert gone.missing == "not_collected"
    assert sitting.confirmations.get(country__code=wanted[1]).on_record.label == "Tier 2"


def test_no_one_reads_their_own_and_no_one_twice(tmp_path: Path, people: People) -> None:
    sitting_of(tmp_path, people, 2)
    one, other = TierDraw.objects.all()
    with pytest.raises(ValidationError) as refused:
        record_reading(draw=one, tier="Tier 2", actor=people.first, page="7")
    assert code_of(refused.value) == "two_people"
    own = TierAnswer(draw=one, kind="reading", tier="Tier 2", page="7", answered_by=people.first)
    with pytest.raises(DatabaseError, match="Another person must read"), transaction.atomic():
        own.save()
    people.read(one)
    with pytest.raises(ValidationError) as refused:
        people.read(one)
    assert code_of(refused.value) == "read_before"
    twice = TierAnswer(draw=one, kind="reading", tier="Tier 3", page="7", answered_by=people.second)
    with pytest.raises(DatabaseError, match="tier_answer_one_reading"), transaction.atomic():
        twice.save()
    with owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        TierAnswer.objects.filter(draw=one).update(tier="Tier 3")
    assert not TierAnswer.objects.filter(draw=other).exists()


def test_the_database_publishes_no_sitting_before_its_spot_check_is_done(tmp_path: Path, people: People) -> None:
    wanted = listed(tmp_path, 2)
    people.confirm(wanted[0])
    sitting = TierSitting.objects.get()
    batch = on_record(wanted[0]).batch
    with pytest.raises(DatabaseError, match="is not open yet"), transaction.atomic():
        TierSitting.objects.filter(pk=sitting.pk).update(batch=batch)
    people.confirm(wanted[1])
    people.read(TierDraw.objects.earliest("pk"), "Tier 3")
    with pytest.raises(DatabaseError, match="is not done yet"), transaction.atomic():
        TierSitting.objects.filter(pk=sitting.pk).update(batch=batch)
    people.read(TierDraw.objects.latest("pk"))
    with pytest.raises(DatabaseError, match="is not done yet"), transaction.atomic():
        TierSitting.objects.filter(pk=sitting.pk).update(batch=batch)


def test_one_difference_is_settled_in_writing_by_both_and_draws_as_many_again(tmp_path: Path, people: People) -> None:
    wanted = listed(tmp_path, 25)
    sitting = people.confirm_all(wanted)
    one = TierDraw.objects.earliest("pk")
    people.read(one, "Tier 2 Watch List")
    assert [(row.number, row.population, row.size) for row in TierDrawing.objects.all()] == [(1, 25, 10), (2, 15, 10)]
    people.read_rest(sitting)
    before = current()
    stranger = People.another("cleo")
    for actor, tier, text, code in (
        (stranger, "Tier 2", "I think so.", "two_people"),
        (people.first, "Tier 2", "  ", "text"),
    ):
        with pytest.raises(ValidationError) as refused:
            settle(draw=one, tier=tier, text=text, actor=actor)
        assert code_of(refused.value) == code
    settle(draw=one, tier="Tier 2", text="The heading says Tier 2.", actor=people.first)
    settle(draw=one, tier="Tier 2 Watch List", text="The last sentence says Watch List.", actor=people.second)
    assert (spot_check(sitting).state, current()) == ("differs", before)
    settle(draw=one, tier="Tier 2 Watch List", text="Agreed, I read the heading of another.", actor=people.first)
    assert current() == before + 1
    found = {code: on_record(code).label for code in wanted}
    assert found.pop(one.confirmation.country.code) == "Tier 2 Watch List"
    assert set(found.values()) == {"Tier 2"}


def test_two_differences_have_all_read_again(tmp_path: Path, people: People) -> None:
    sitting = sitting_of(tmp_path, people, 25)
    one, other, *_ = TierDraw.objects.all()
    people.read(one, "Tier 3")
    people.read(other, "Tier 3")
    assert [row.size for row in TierDrawing.objects.all()] == [10, 10, 5]
    assert TierDraw.objects.filter(reason=DrawReason.ALL).count() == 5
    people.read_rest(sitting)
    for row in (one, other):
        for person in (people.second, people.first):
            settle(draw=row, tier="Tier 3", text="The report says Tier 3.", actor=person)
    assert sorted(label for _, label, _ in values()) == ["Tier 2"] * 23 + ["Tier 3"] * 2


def test_a_record_that_moves_during_the_spot_check_is_read_before_anything_is_published(
    tmp_path: Path, people: People
) -> None:
    sitting = sitting_of(tmp_path, people, 11)
    (spared,) = spot_check(sitting).not_drawn
    list_tiers(tmp_path, {spared.country.code: "1"}, name="corrected")
    before = current()
    for row in list(TierDraw.objects.all()):
        people.read(row)
    assert current() == before
    assert spared.draw.reason == DrawReason.CHANGED
    people.read(spared.draw)
    assert current() == before + 1
    assert on_record(spared.country.code).label == "Tier 2"


def test_a_correction_of_an_earlier_report_wins_and_can_be_taken_back(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "1"}, year=YEAR + 1, name="newer")
    list_tiers(tmp_path, {"GHA": "2", "TGO": "2"})
    list_tiers(tmp_path, {"KEN": "2"}, flag="", name="stated")
    load_narrative(tmp_path, "KEN", "3")
    sitting = people.confirm_all(["GHA", "TGO", "KEN"], KEN="Tier 3")
    people.read_rest(sitting, KEN="Tier 3")
    assert {code: on_record(code).label for code in ("GHA", "KEN")} == {"GHA": "Tier 2", "KEN": "Tier 3"}
    sitting.refresh_from_db()
    assert sitting.batch is not None
    retract(batch_id=sitting.batch.pk, actor=people.first, reason="Wrong report")
    assert (on_record("KEN").label, on_record("GHA").quality) == ("Tier 2", "unconfirmed")
    people.confirm("GHA")
    assert TierSitting.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_confirm_once_and_the_last_answers_publish_once(tmp_path: Path) -> None:
    people = People.there()
    wanted = listed(tmp_path, 2)
    country = on_record(wanted[0]).country

    def confirm(actor: User) -> str:
        try:
            confirm_tier(year=YEAR, country=country, tier="Tier 2", actor=actor, page="7")
        except ValidationError as error:
            return code_of(error)
        finally:
            connection.close()
        return "confirmed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(confirm, (people.first, people.second)))
    assert outcomes == ["confirmed", "confirmed_before"]
    is_first = TierConfirmation.objects.get().recorded_by == people.first
    both = people if is_first else People(people.second, people.first)
    both.confirm(wanted[1])
    before = current()

    def read(row: TierDraw) -> None:
        try:
            both.read(row)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read, TierDraw.objects.all()))
    assert current() == before + 1
    assert TierSitting.objects.get().batch is not None
