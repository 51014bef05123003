"""Confirming tiers: what is stored, what is refused, and that nothing published changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.database.revisions import EditConflict
from indicators.models import Country, TierConfirmation, TierDraw
from indicators.observations.as_of import current
from indicators.tier_confirmations.queries import Group, tier_row, tier_rows
from indicators.tier_confirmations.services import confirm_tier, undo_confirmation
from tests.support.accounts import make_account
from tests.support.tier_sittings import (
    YEAR,
    People,
    code_of,
    list_tiers,
    load_narrative,
    on_record,
)
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return People.there()


def test_a_confirmation_stores_page_person_and_record_and_publishes_nothing(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "TGO": "2"})
    before = current()
    row = people.confirm("GHA", page=" 361 ", note="Checked")
    assert (row.tier, row.page, row.note, row.recorded_by) == ("Tier 2", "361", "Checked", people.first)
    assert row.on_record == on_record("GHA")
    assert not row.is_changed
    assert on_record("GHA").quality == "unconfirmed"
    assert current() == before
    trail = AuditEntry.objects.get(action="confirmed")
    assert "Tier 2" not in str(trail.after)
    assert "361" not in str(trail.after)


def test_only_one_confirmation_of_a_tier_is_live(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "TGO": "2"})
    row = people.confirm("GHA")
    with pytest.raises(ValidationError) as refused:
        confirm_tier(year=YEAR, country=row.country, tier="Tier 3", actor=people.second, page="8")
    assert code_of(refused.value) == "confirmed_before"
    twin = TierConfirmation(
        sitting=row.sitting,
        country=row.country,
        tier="Tier 3",
        page="8",
        on_record=row.on_record,
        recorded_by=people.second,
    )
    with pytest.raises(DatabaseError, match="tier_confirmation_one_live"), transaction.atomic():
        twin.save()


def test_confirming_needs_the_permission_a_tier_on_record_and_a_citation(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "TGO": "2"})
    ghana = Country.objects.get(code="GHA")
    with pytest.raises(PermissionDenied):
        confirm_tier(year=YEAR, country=ghana, tier="Tier 2", actor=make_account(Role.VIEWER), page="7")
    with pytest.raises(ValidationError) as refused:
        confirm_tier(year=YEAR, country=Country.objects.get(code="KEN"), tier="Tier 2", actor=people.first, page="7")
    assert code_of(refused.value) == "not_on_record"
    for cited in ({"page": "  "}, {"origin": "state.gov"}):
        with pytest.raises(ValidationError) as refused:
            confirm_tier(year=YEAR, country=ghana, tier="Tier 2", actor=people.first, **cited)
        assert code_of(refused.value) == "citation"
    assert not TierConfirmation.objects.exists()


def test_a_text_needs_its_origin_unless_a_page_is_given(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "TGO": "2", "KEN": "2"})
    load_narrative(tmp_path, "GHA", "2")
    load_narrative(tmp_path, "TGO", "2")
    with pytest.raises(ValidationError) as refused:
        people.confirm("GHA", note="From the text")
    assert list(refused.value.error_dict) == ["origin"]
    from_text = people.confirm("GHA", origin="https://www.state.gov/reports/")
    assert from_text.narrative is not None
    assert (from_text.narrative.country.code, from_text.page) == ("GHA", "")
    from_page = people.confirm("TGO", page="512")
    assert (from_page.narrative, from_page.origin) == (None, "")
    alien = TierConfirmation(
        sitting=from_text.sitting,
        country=Country.objects.get(code="KEN"),
        tier="Tier 2",
        narrative=from_text.narrative,
        origin="state.gov",
        on_record=on_record("KEN"),
        recorded_by=people.first,
    )
    with pytest.raises(DatabaseError, match="The passage is not of this country"), transaction.atomic():
        alien.save()


def test_a_record_or_text_that_changed_after_the_page_was_opened_refuses(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "TGO": "2"})
    seen = tier_row(YEAR, "GHA")
    assert seen is not None
    list_tiers(tmp_path, {"GHA": "3"}, name="corrected")
    ghana = seen.country
    with pytest.raises(EditConflict):
        confirm_tier(
            year=YEAR, country=ghana, tier="Tier 2", actor=people.first, page="7", expected_revision=seen.revision
        )
    seen = tier_row(YEAR, "GHA")
    load_narrative(tmp_path, "GHA", "3")
    assert seen is not None
    assert seen.record.label == "Tier 3"
    with pytest.raises(EditConflict):
        confirm_tier(
            year=YEAR, country=ghana, tier="Tier 2", actor=people.first, page="7", expected_revision=seen.revision
        )


def test_the_person_who_confirmed_undoes_it_and_it_stays_on_file(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "TGO": "2"})
    row = people.confirm("GHA", "Tier 3")
    with pytest.raises(ValidationError) as refused:
        undo_confirmation(confirmation=row, actor=people.second)
    assert code_of(refused.value) == "not_yours"
    undo_confirmation(confirmation=row, actor=people.first)
    undo_confirmation(confirmation=row, actor=people.first)
    again = people.confirm("GHA")
    assert TierConfirmation.objects.filter(country__code="GHA").count() == 2
    assert TierConfirmation.objects.live().get(country__code="GHA") == again
    for change in ({"tier": "Tier 1"}, {"note": "another"}):
        with owner_rights(), pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            TierConfirmation.objects.filter(pk=again.pk).update(**change)
    with owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        TierConfirmation.objects.filter(pk=again.pk).delete()


def test_nothing_is_confirmed_or_undone_once_the_spot_check_is_drawn(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "TGO": "2"})
    first = people.confirm("GHA")
    people.confirm("TGO")
    assert TierDraw.objects.count() == 2
    list_tiers(tmp_path, {"KEN": "2"}, name="more")
    with pytest.raises(ValidationError) as refused:
        people.confirm("KEN")
    assert code_of(refused.value) == "check_open"
    with pytest.raises(ValidationError) as refused:
        undo_confirmation(confirmation=first, actor=people.first)
    assert code_of(refused.value) == "check_open"
    late = TierConfirmation(
        sitting=first.sitting,
        country=Country.objects.get(code="KEN"),
        tier="Tier 2",
        page="7",
        on_record=on_record("KEN"),
        recorded_by=people.first,
    )
    with pytest.raises(DatabaseError, match="spot check has begun"), transaction.atomic():
        late.save()


def test_sources_that_differ_come_first_then_tiers_by_rank(tmp_path: Path) -> None:
    from indicators.cross_app_links import CountryRank

    list_tiers(tmp_path, {"GHA": "2", "KEN": "2", "NPL": "2", "PER": "2", "TGO": "2"})
    list_tiers(tmp_path, {"UGA": "1"}, flag="", name="stated")
    list_tiers(tmp_path, {"GHA": "2WL"}, year=YEAR - 1, flag="inferred: same tier", name="before")
    load_narrative(tmp_path, "PER", "3")
    rows = tier_rows(YEAR, {"TGO": CountryRank(1), "KEN": CountryRank(2), "GHA": CountryRank(is_provisional=True)})
    assert [(row.country.code, row.group) for row in rows] == [
        ("PER", Group.DIFFERS),
        ("TGO", Group.OPEN),
        ("KEN", Group.OPEN),
        ("GHA", Group.OPEN),
        ("NPL", Group.OPEN),
        ("UGA", Group.CONFIRMED),
    ]
    peru, ghana = rows[0], rows[3]
    assert (peru.record.label, peru.narrative and peru.narrative.tier) == ("Tier 2", "Tier 3")
    assert (ghana.before.tier, ghana.before.quality) == ("Tier 2 Watch List", "inferred")


@pytest.mark.parametrize("first", ["list", "narrative"])
def test_a_tier_of_a_narrative_is_unconfirmed_and_replaces_no_list(tmp_path: Path, first: str) -> None:
    if first == "narrative":
        load_narrative(tmp_path, "GHA", "3")
        assert (on_record("GHA").label, on_record("GHA").quality) == ("Tier 3", "unconfirmed")
    list_tiers(tmp_path, {"GHA": "2"})
    list_tiers(tmp_path, {"TGO": "2"}, flag="", name="stated")
    if first == "list":
        load_narrative(tmp_path, "GHA", "3")
    load_narrative(tmp_path, "TGO", "3")
    load_narrative(tmp_path, "KEN", "3")
    found = {code: (on_record(code).label, on_record(code).quality) for code in ("GHA", "TGO", "KEN")}
    assert found == {
        "GHA": ("Tier 2", "unconfirmed"),
        "TGO": ("Tier 2", "stated"),
        "KEN": ("Tier 3", "unconfirmed"),
    }
    kenya = tier_row(YEAR, "KEN")
    assert kenya is not None
    assert kenya.rests_on_narrative
