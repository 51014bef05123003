"""Mappings of names: entries of the audit trail, refusals, and which imports are matched again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.web import formats
from indicators.imports.reading import Choice
from indicators.imports.receiving import receive_path
from indicators.models import Country, Import, ImportState, NameMapping, Source
from indicators.name_mappings import services
from indicators.name_mappings.services import map_name, withdraw_mapping
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.pages import previewed, published, tiers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the imports that are read again, with who asked and the adapter."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(services, "start_reading", lambda **arguments: found.append(arguments))
    return found


def mapped(actor: User | None, **changes: Any) -> tuple[NameMapping, bool]:
    values: dict[str, Any] = {"source": Source.objects.get(key="tip"), "name": "Ruritania", "meaning": "country"}
    if "meaning" not in changes:
        values["country"] = Country.objects.get(code="FJI")
    return map_name(actor=actor, **values | changes)


def test_a_mapping_is_stored_with_its_country_and_who_made_it(analyst: User, readings: list[Any]) -> None:
    row, is_new = mapped(analyst, name=" Grand   Ruritania ")
    row.refresh_from_db()
    assert is_new
    assert (row.source.key, row.name, row.key, row.meaning) == ("tip", "Grand Ruritania", "grand ruritania", "country")
    assert (row.country, row.recorded_by, row.is_live) == (Country.objects.get(code="FJI"), analyst, True)
    [(who, action, before, after)] = trail(row)
    assert (who, action, before) == ("analyst", "mapped", None)
    assert after is not None
    assert (after["name"], after["meaning"], after["country"]) == ("Grand Ruritania", "country", row.country_id)
    assert mapped(analyst, name="grand RURITANIA") == (row, False)
    assert len(trail(row)) == 1


def test_another_meaning_is_refused_with_who_mapped_it_and_when(analyst: User, readings: list[Any]) -> None:
    row, _ = mapped(analyst)
    other = make_account(Role.ANALYST, username="second")
    for changes in ({"meaning": "group"}, {"country": Country.objects.get(code="WSM")}):
        with pytest.raises(ValidationError) as caught:
            mapped(other, **changes)
        assert caught.value.code == "name_mapped"
        assert caught.value.messages == [
            f"“Ruritania” was already mapped by {analyst} on {formats.day(row.recorded_at)}: Fiji. Nothing was saved. "
            "If that mapping is wrong, withdraw it first."
        ]
    by_no_one, _ = mapped(None, name="Elbonia", meaning="no_row")
    with pytest.raises(ValidationError) as caught:
        mapped(other, name="Elbonia", meaning="group")
    assert caught.value.messages[0].startswith(f"“Elbonia” was already mapped on {formats.day(by_no_one.recorded_at)}:")


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"name": "Niger", "meaning": "group"},
            "name_listed",
            "“Niger” is the name of Niger in the list of countries, so you can't map it to another.",
        ),
        (
            {"name": "Ivory Coast", "meaning": "group"},
            "name_known",
            "“Ivory Coast” is already recognized as Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire; you don't need to "
            "map it.",
        ),
    ],
)
def test_a_name_of_the_list_is_not_mapped(
    analyst: User, readings: list[Any], changes: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        mapped(analyst, **changes)
    assert (caught.value.code, caught.value.messages) == (code, [message])
    assert not NameMapping.objects.exists()
    assert readings == []


def test_only_analysts_map_and_withdraw(analyst: User, readings: list[Any]) -> None:
    row, _ = mapped(analyst)
    for role in (Role.APPROVER, Role.VIEWER):
        other = make_account(role)
        with pytest.raises(PermissionDenied):
            mapped(other, name="Elbonia")
        with pytest.raises(PermissionDenied):
            withdraw_mapping(mapping=row, reason="Wrong", actor=other)


def test_open_uploads_of_the_source_are_matched_again(
    analyst: User, readings: list[dict[str, Any]], tmp_path: Path
) -> None:
    def text(year: int) -> str:
        return tiers(("GHA", "Ghana", "Tier 2"), ("", "Ruritania", "Tier 1"), year=year)

    waiting, under_way, gone = (previewed(tmp_path, text(year), f"{year}.csv") for year in (2020, 2021, 2022))
    published(tmp_path, text(2023), "2023.csv")
    Import.objects.filter(pk=under_way.pk).update(state=ImportState.READING)
    Import.objects.filter(pk=gone.pk).update(state=ImportState.DISCARDED)
    path = tmp_path / "2024.csv"
    path.write_text(text(2024), encoding="utf-8")
    receive_path(path=path, actor=None)
    mapped(analyst, source=Source.objects.get(key="cpi"))
    assert readings == []
    row, _ = mapped(analyst)
    again = [{"batch_id": pk, "actor": analyst, "choice": Choice(waiting.adapter)} for pk in (waiting.pk, under_way.pk)]
    assert readings == again
    waiting.refresh_from_db()
    assert waiting.state == ImportState.READING
    readings.clear()
    withdraw_mapping(mapping=row, reason="Wrong", actor=analyst)
    assert readings == again
    withdraw_mapping(mapping=row, reason="Twice", actor=analyst)
    assert readings == again


def test_a_withdrawal_is_on_record(analyst: User, readings: list[Any]) -> None:
    row, _ = mapped(analyst)
    other = make_account(Role.ANALYST, username="second")
    assert refusals(lambda: withdraw_mapping(mapping=row, reason=" ", actor=other)) == {"reason": "reason"}
    gone = withdraw_mapping(mapping=row, reason=" Wrong ", actor=other)
    assert (gone.pk, gone.superseded_by, gone.superseded_reason) == (row.pk, other, "Wrong")
    assert trail(row)[1:] == [("second", "withdrew", None, {"reason": "Wrong"})]
    again, is_new = mapped(other, meaning="group")
    assert (is_new, again.country, again.meaning) == (True, None, "group")
