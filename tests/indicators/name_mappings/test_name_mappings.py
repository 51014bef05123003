"""Names that match no country: mapped by an analyst, ignored, or withdrawn, with guards in the database."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from cpc.audit.models import AuditEntry
from indicators.countries import aliases, countries, normalize, reference_index
from indicators.imports import matching, reading
from indicators.imports.publishing import NotPublishable, PreviewOutdated, publish
from indicators.imports.reading import Choice, process
from indicators.imports.receiving import receive_path
from indicators.models import Country, Import, ImportIssue, ImportState, NameMapping, Observation, Source
from indicators.name_mappings.services import map_name, withdraw_mapping
from indicators.name_mappings.suggestions import reads_like_a_group, suggestions
from tests.support.accounts import make_account
from tests.support.error_codes import constraint_code
from tests.support.pages import previewed, tiers

pytestmark = pytest.mark.django_db
MIXED = tiers(("GHA", "Ghana", "Tier 2"), ("", "Ruritania", "Tier 1"))
Write = Callable[[NameMapping], None]
LATER = tiers(("GHA", "Ghana", "Tier 2"), ("", "RURITANIA", "Tier 3"), year=2024)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def user(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def analyst(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Iterator[None]:
    """Run on-commit callbacks at once, as outside a test."""
    with django_capture_on_commit_callbacks(execute=True):
        yield


def tip() -> Source:
    return Source.objects.get(key="tip")


def country(code: str) -> Country:
    return Country.objects.get(code=code)


def send(client: Client, batch: Import, status: int = HTTPStatus.FOUND, **data: str) -> str:
    """Post to the page of unknown names, and return the page that follows."""
    url = reverse("import-names", args=[batch.pk])
    response = client.post(url, data)
    assert response.status_code == status, response.content[:800]
    return page(client, url) if status == HTTPStatus.FOUND else text(response)


def page(client: Client, url: str, status: int = HTTPStatus.OK) -> str:
    response = client.get(url)
    assert response.status_code == status
    return text(response)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def rejected(batch: Import) -> list[str]:
    return list(batch.issues.filter(severity="rejected").values_list("country_text", flat=True))


@pytest.mark.django_db(transaction=True)
def test_mapping_from_the_preview_applies_now_and_later(analyst: Client, user: User, tmp_path: Path) -> None:
    batch = previewed(tmp_path, MIXED)
    url = reverse("import-names", args=[batch.pk])
    assert rejected(batch) == ["Ruritania"]
    assert url in page(analyst, reverse("import", args=[batch.pk]))
    assert url in page(analyst, reverse("import-issues", args=[batch.pk]))
    assert "Map 1 unknown name" in page(analyst, url)
    after = send(analyst, batch, name="Ruritania", means="FJI")
    assert "“Ruritania” was mapped: Fiji." in after
    assert "Every name in this file is listed, mapped, or set aside." in after
    batch.refresh_from_db()
    assert (batch.state, rejected(batch), batch.counts["new"]) == (ImportState.PREVIEW, [], 2)
    note = batch.issues.get(reason="mapped_name")
    assert note.message.startswith(f"“Ruritania” is read as Fiji, mapped by {user} on ")
    mapping = NameMapping.objects.get()
    assert (mapping.source.key, mapping.name, mapping.recorded_by) == ("tip", "Ruritania", user)
    assert AuditEntry.objects.filter(action="mapped", object_id=str(mapping.pk)).exists()
    publish(batch_id=batch.pk, actor=user)
    assert Observation.objects.live().get(country__code="FJI").label == "Tier 1"
    path = tmp_path / "later.csv"
    path.write_text(LATER, encoding="utf-8")
    call_command("ingest", str(path), "--publish", stdout=io.StringIO())
    assert Observation.objects.live().get(country__code="FJI", period="2024").label == "Tier 3"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("sent", "expected"), [("-group", "A group of countries"), ("-no_row", "An area without its own data")]
)
def test_name_of_no_country_is_set_aside_with_the_reason(
    analyst: Client, tmp_path: Path, sent: str, expected: str
) -> None:
    batch = previewed(tmp_path, MIXED)
    assert expected in send(analyst, batch, name="Ruritania", means=sent)
    batch.refresh_from_db()
    assert rejected(batch) == []
    assert (batch.counts["new"], batch.counts["note"]) == (1, 1)
    note = batch.issues.get(reason="not_a_country")
    assert (note.severity, note.rows, note.country_text) == ("note", 1, "Ruritania")
    assert f"is set aside: {expected[:1].lower()}{expected[1:]}" in note.message


@pytest.mark.django_db(transaction=True)
def test_twice_and_by_two_people(analyst: Client, user: User, tmp_path: Path) -> None:
    batch = previewed(tmp_path, MIXED)
    send(analyst, batch, name="Ruritania", means="FJI")
    assert "was already mapped this way. Nothing changed" in send(analyst, batch, name="ruritania ", means="FJI")
    second = Client()
    second.force_login(make_account(Role.ANALYST, username="second"))
    refused = send(second, batch, HTTPStatus.UNPROCESSABLE_ENTITY, name="Ruritania", means="WSM")
    assert f"“Ruritania” was already mapped by {user} on " in refused
    assert ": Fiji. Nothing was saved. If that mapping is wrong, withdraw it first." in refused
    assert NameMapping.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"name": "Ruritania"}, "For “Ruritania”, choose a country from the list"),
        ({"name": "Ruritania", "chosen": "Ghan"}, "“Ghan” is not in the list of countries"),
        ({"name": "Ruritania", "chosen": "Ghan"}, 'value="Ghan" aria-invalid="true"'),
        ({"name": "Ruritania", "means": "-elsewhere"}, "“-elsewhere” is not in the list of countries"),
        ({"name": "", "means": "FJI"}, "This form has expired"),
        ({"name": "x" * 201, "means": "FJI"}, "This form has expired"),
        ({"name": "Niger", "means": "NGA"}, "“Niger” is the name of Niger in the list of countries"),
        ({"name": "niger", "means": "-group"}, "“niger” is the name of Niger in the list of countries"),
        ({"name": "Ivory Coast", "means": "GHA"}, "is already recognized as"),
    ],
)
def test_what_is_wrong_is_on_the_page(analyst: Client, tmp_path: Path, data: dict[str, str], expected: str) -> None:
    batch = previewed(tmp_path, MIXED)
    refused = send(analyst, batch, HTTPStatus.UNPROCESSABLE_ENTITY, **data)
    assert expected in refused
    assert "Nothing was mapped." in refused
    assert not NameMapping.objects.exists()


def test_a_country_is_chosen_by_its_whole_name(analyst: Client, tmp_path: Path, committed: None) -> None:
    batch = previewed(tmp_path, MIXED)
    send(analyst, batch, name="Ruritania", chosen="fiji")
    assert NameMapping.objects.get().country == country("FJI")


def test_only_analysts_map_and_guessed_numbers_lead_nowhere(client: Client, tmp_path: Path, user: User) -> None:
    batch = previewed(tmp_path, MIXED)
    mapping, _ = map_name(source=tip(), name="Ruritania", meaning="country", country=country("FJI"), actor=user)
    urls = [reverse("import-names", args=[batch.pk]), reverse("name-mapping-withdraw", args=[mapping.pk])]
    for role in (Role.VIEWER, Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR):
        client.force_login(make_account(role))
        for url in urls:
            assert client.get(url).status_code == HTTPStatus.FORBIDDEN
            assert client.post(url, {"name": "x", "means": "FJI", "reason": "x"}).status_code == HTTPStatus.FORBIDDEN
        assert "Ruritania" in page(client, reverse("name-mappings"))
        with pytest.raises(PermissionDenied):
            map_name(source=tip(), name="x", meaning="group", actor=User.objects.get(role=role))
        with pytest.raises(PermissionDenied):
            withdraw_mapping(mapping=mapping, reason="x", actor=User.objects.get(role=role))
    client.force_login(user)
    for name in ("import-names", "name-mapping-withdraw"):
        assert client.get(reverse(name, args=[987_654])).status_code == HTTPStatus.NOT_FOUND
    assert NameMapping.objects.live().count() == 1


# ---- the database --------------------------------------------------------------------------------------------------


def row(**changed: Any) -> NameMapping:
    fields: dict[str, Any] = {"source": tip(), "name": "Ruritania", "meaning": "country", "country": country("FJI")}
    return NameMapping(**fields | changed)


def by_sql(mapping: NameMapping) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO indicators_namemapping (source_id, name, key, meaning, country_id, recorded_at, "
            "recorded_by_id, superseded_reason) VALUES (%s, %s, 'elsewhere', %s, %s, now(), %s, '')",
            [mapping.source_id, mapping.name, mapping.meaning, mapping.country_id, mapping.recorded_by_id],
        )


def in_bulk(mapping: NameMapping) -> None:
    NameMapping.objects.bulk_create([mapping])


def by_service(mapping: NameMapping) -> None:
    map_name(
        source=mapping.source,
        name=mapping.name,
        meaning=mapping.meaning,
        country=mapping.country,
        actor=mapping.recorded_by,
    )


def refused_with(write: Write, mapping: NameMapping) -> str:
    """Return the error code of a rejected write."""
    with pytest.raises((ValidationError, IntegrityError)) as caught, transaction.atomic():
        write(mapping)
    error = caught.value
    if isinstance(error, DatabaseError):
        return constraint_code(error)
    assert isinstance(error, ValidationError)
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return str(next(one.code for found in by_field.values() for one in found))


@pytest.mark.parametrize("write", [by_service, in_bulk, by_sql])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "Niger", "country": "NGA"}, "name_listed"),
        ({"name": "the NIGER", "country": "NGA"}, "name_listed"),
        ({"name": "Cote d'Ivoire", "country": "GHA"}, "name_listed"),
        ({"name": "Kosovo", "country": None, "meaning": "no_row"}, "name_listed"),
        ({"country": None}, "name_meaning"),
        ({"meaning": "group"}, "name_meaning"),
        ({"name": "?!"}, "name_blank"),
    ],
)
def test_each_way_refuses_with_one_code(write: Write, changed: dict[str, Any], code: str) -> None:
    if changed.get("country"):
        changed = changed | {"country": country(changed["country"])}
    assert refused_with(write, row(**changed)) == code
    assert not NameMapping.objects.exists()


@pytest.mark.parametrize("write", [by_service, in_bulk, by_sql])
def test_a_name_has_one_current_mapping_however_it_is_spelled(write: Write, user: User) -> None:
    map_name(source=tip(), name="Rurítánia & Co", meaning="country", country=country("FJI"), actor=user)
    assert NameMapping.objects.get().key == "ruritania and co"
    assert refused_with(write, row(name="RURITANIA AND CO.", country=country("WSM"))) == "name_mapped"
    by_service(row(name="Ruritania and Co", source=Source.objects.get(key="cpi"), country=country("WSM")))
    assert NameMapping.objects.live().count() == 2


@pytest.mark.parametrize("write", [in_bulk, by_sql])
def test_no_one_else_is_named_as_who_mapped(write: Write) -> None:
    assert refused_with(write, row(recorded_by=make_account(Role.VIEWER))) == "name_mapping_by"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE indicators_namemapping SET country_id = NULL, meaning = 'group'",
        "UPDATE indicators_namemapping SET name = 'Elbonia'",
        "DELETE FROM indicators_namemapping",
        "TRUNCATE indicators_namemapping CASCADE",
    ],
)
def test_a_mapping_is_never_edited_or_deleted(user: User, statement: str) -> None:
    by_service(row(recorded_by=user))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert NameMapping.objects.get().country == country("FJI")


def test_a_withdrawn_mapping_is_not_opened_again(user: User) -> None:
    by_service(row(recorded_by=user))
    withdraw_mapping(mapping=NameMapping.objects.get(), reason="Wrong", actor=user)
    opened = "superseded_at = NULL, superseded_by_id = NULL, superseded_reason = ''"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE indicators_namemapping SET {opened}")


def test_the_database_compares_names_as_the_index_does() -> None:
    names = {
        *(name for one in countries() for name in (one.name, one.short_name)),
        *(alias.text for alias in aliases() if "&" not in alias.text or ";" not in alias.text),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, cpc_name_key(name) FROM unnest(%s::text[]) AS name", [sorted(names)])
        found = dict(cursor.fetchall())
    assert len(found) > 500
    assert found == {name: normalize(name) for name in names}


# ---- withdrawing ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_withdrawing_explains_what_stays_and_rematches_open_imports(
    analyst: Client, user: User, tmp_path: Path
) -> None:
    first = previewed(tmp_path, MIXED)
    send(analyst, first, name="Ruritania", means="FJI")
    publish(batch_id=first.pk, actor=user)
    waiting = previewed(tmp_path, LATER, "later.csv")
    assert rejected(waiting) == []
    mapping = NameMapping.objects.get()
    url = reverse("name-mapping-withdraw", args=[mapping.pk])
    shown = page(analyst, url)
    assert "Values published with this mapping stay, with their file and location." in shown
    for batch in (first, waiting):
        assert reverse("import", args=[batch.pk]) in shown
    refused = analyst.post(url, {"reason": " "})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Nothing was withdrawn." in refused.content.decode()
    after = text(analyst.post(url, {"reason": "Another place", "idempotency_key": new_key()}, follow=True))
    assert "The mapping of “Ruritania” was withdrawn." in after
    assert "Another place" in after
    assert "was already withdrawn. Nothing changed" in text(analyst.post(url, {"reason": "Twice"}, follow=True))
    mapping.refresh_from_db()
    assert (mapping.superseded_by, mapping.superseded_reason) == (user, "Another place")
    waiting.refresh_from_db()
    assert (waiting.state, rejected(waiting)) == (ImportState.PREVIEW, ["RURITANIA"])
    assert Observation.objects.live().get(country__code="FJI").label == "Tier 1"
    assert first.issues.get(reason="mapped_name").mapping == mapping
    send(analyst, waiting, name="RURITANIA", means="WSM")
    assert [one.country and one.country.code for one in NameMapping.objects.order_by("pk")] == ["FJI", "WSM"]


def test_withdrawing_needs_a_reason_from_the_service_too(user: User) -> None:
    by_service(row(recorded_by=user))
    with pytest.raises(ValidationError) as caught:
        withdraw_mapping(mapping=NameMapping.objects.get(), reason="  ", actor=user)
    assert caught.value.error_dict["reason"][0].code == "reason"


def test_mappings_are_read_over_rest_as_they_stood(client: Client, user: User) -> None:
    client.force_login(make_account(Role.API_CLIENT))
    by_service(row(recorded_by=user))
    by_service(row(source=Source.objects.get(key="cpi"), meaning="group", country=None))
    between = timezone.now()
    withdraw_mapping(mapping=NameMapping.objects.get(source__key="tip"), reason="Wrong", actor=user)
    url = "/api/v1/name-mappings/"
    (now,) = client.get(url).json()["results"]
    assert (now["source"], now["meaning"], now["country"]) == ("cpi", "group", None)
    then = client.get(url, {"as_of": between.isoformat(), "source": "tip"}).json()["results"]
    assert [(one["name"], one["country"]["code"], one["superseded_reason"]) for one in then] == [
        ("Ruritania", "FJI", "Wrong")
    ]
    assert client.get(f"{url}{then[0]['id']}/").json() == then[0]
    assert client.post(url, {"name": "x"}).status_code == HTTPStatus.METHOD_NOT_ALLOWED


# ---- what is under way ---------------------------------------------------------------------------------------------


def test_nothing_is_published_that_was_matched_by_other_names(tmp_path: Path, user: User) -> None:
    batch = previewed(tmp_path, MIXED)
    NameMapping.objects.bulk_create([row(recorded_by=user)])
    with pytest.raises(PreviewOutdated, match="mapped"):
        publish(batch_id=batch.pk, actor=user)
    assert rejected(process(batch_id=batch.pk, actor=user)) == []
    publish(batch_id=batch.pk, actor=user)
    assert Observation.objects.live().filter(country__code="FJI").exists()


def test_an_import_whose_reading_was_lost_is_read_again_as_before(tmp_path: Path, user: User) -> None:
    """Kill the worker after it recorded the name: nothing can be published, and the next reading applies the name."""
    batch = previewed(tmp_path, MIXED)
    by_service(row(recorded_by=user))
    batch.refresh_from_db()
    assert batch.state == ImportState.READING
    with pytest.raises(NotPublishable):
        publish(batch_id=batch.pk, actor=user)
    again = process(batch_id=batch.pk, actor=user)
    assert (again.state, again.edition, rejected(again)) == (ImportState.PREVIEW, "2023", [])


def test_mapping_recorded_during_matching_is_applied(
    tmp_path: Path, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, done = matching.match_readings, list[Any]()

    def while_matched(*args: Any, **kwargs: Any) -> Any:
        found = whole(*args, **kwargs)
        if not done:
            done.append(NameMapping.objects.bulk_create([row(recorded_by=user)]))
        return found

    monkeypatch.setattr(reading, "match_readings", while_matched)
    batch = previewed(tmp_path, MIXED)
    assert rejected(batch) == []
    assert batch.counts["mappings"] == 1


def test_stated_edition_is_stored(tmp_path: Path, user: User) -> None:
    path = tmp_path / "tiers.csv"
    path.write_text(MIXED, encoding="utf-8")
    batch = process(batch_id=receive_path(path=path, actor=None).batch.pk, actor=None, choice=Choice("tip", "Advance"))
    assert batch.edition == "Advance"
    NameMapping.objects.bulk_create([row(recorded_by=user)])
    assert process(batch_id=batch.pk, actor=None).edition == "Advance"


def test_a_name_that_contradicts_its_code_stays_out(tmp_path: Path, user: User) -> None:
    NameMapping.objects.bulk_create([row(recorded_by=user)])
    batch = previewed(tmp_path, tiers(("GHA", "Ruritania", "Tier 2")))
    issue = ImportIssue.objects.get(batch=batch, severity="rejected")
    assert issue.reason == "country_conflict"


# ---- suggestions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "codes", "caution"),
    [
        ("Nigeer", {"NER", "NGA"}, "Easily confused with"),
        ("Kosova i Metohija", {"XKX", "SRB"}, "Easily confused with"),
        ("China (Tibet)", {"CHN", "TWN"}, "The name has extra words: tibet"),
        ("Rep. of Congo Brazza", {"COG", "COD"}, "Easily confused with"),
    ],
)
def test_likeness_is_suggested_with_what_speaks_against_it(name: str, codes: set[str], caution: str) -> None:
    found = suggestions(name, reference_index())
    assert codes <= {one.code for one in found}
    assert any(caution in text for one in found for text in one.cautions)


@pytest.mark.parametrize("name", ["East and South Africa Region", "Sub-Saharan Africa", "World", "GLOBAL AVARAGE"])
def test_a_group_of_countries_reads_like_one(name: str) -> None:
    assert reads_like_a_group(name)
    for one in suggestions(name, reference_index()):
        assert one.cautions, one


def test_nothing_is_suggested_for_a_name_like_no_other() -> None:
    assert suggestions("Qwxyzzy", reference_index()) == []
    assert suggestions(" . ", reference_index()) == []


def test_no_name_is_matched_by_likeness(tmp_path: Path) -> None:
    batch = previewed(tmp_path, tiers(("", "Nigeer", "Tier 1"), ("", "Kosova i Metohija", "Tier 1")))
    assert rejected(batch) == ["Nigeer", "Kosova i Metohija"]
    assert batch.counts["new"] == 0
