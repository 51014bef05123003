"""The feed: each table is in it or left out for a reason, and each reader is sent what it may read alone."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.api_tokens.services import issue_token
from cpc.changes import queries
from cpc.changes.__main__ import GUIDE, written
from cpc.changes.cursors import LARGEST, START, FeedPosition, UnreadableCursor, epoch_of
from cpc.changes.feed import FEEDS, LEFT_OUT, kinds
from cpc.changes.models import Change
from cpc.changes.restored import FIRST, has_restored_events, move_restored_events
from partnerships.models import AwardStep, Partnership, Risk, RiskState
from tests.security.agencies_world import Consultees
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights, unguarded
from tests.worlds.partnerships.build import END, Active

URL = "/api/v1/changes/"
APPS = ("indicators", "selection", "partnerships")
ALPHABET = string.ascii_letters + string.digits + "-_+/="


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read as if every transaction had ended, that of the test too. `test_following` reads as it is."""
    monkeypatch.setattr(queries, "HORIZON", f"'{LARGEST}'::xid8")


def sent_to(user: User, **asked: Any) -> list[Change]:
    return list(queries.read(queries.reader_of(user), START, 1000, queries.Wanted(**asked)).changes)


def get(client: Client, status: int = 200, **asked: str | int | list[str]) -> dict[str, Any]:
    answer = client.get(URL, asked)
    assert answer.status_code == status, answer.content
    found: dict[str, Any] = answer.json()
    return found


def _after(cursor: str) -> Any:
    return {"after": cursor} if cursor else {}


# ---- what is declared ----------------------------------------------------------------------------------------------


def test_each_table_is_in_the_feed_or_left_out_with_a_reason() -> None:
    fed = [one.model._meta.label for one in FEEDS]
    every = [model._meta.label for name in APPS for model in apps.get_app_config(name).get_models()]
    assert sorted([*fed, *LEFT_OUT]) == sorted(every)
    assert all(LEFT_OUT.values())


def test_no_event_holds_free_text_a_file_or_the_name_of_an_account() -> None:
    # Texts that are shown all the same: codes and names of steps, no sentence of a person.
    texts = {f"{one.subject}.{column.name}" for one in FEEDS for column in one.shown if _is_text(column)}
    steps = ("plan", "award", "period", "dialogue", "field_finding", "year_assessment")
    assert texts == {
        "run.model_key",
        "run.model_version",
        "restriction.code",
        "unpublished_edition.edition",
        "outcome_indicator.code",
        "amendment_change.column",
        "status_change.transition",
        *(f"{name}_step.{column}" for name in steps for column in ("name", "source", "target")),
    }
    assert not [column for one in FEEDS for column in one.shown if column.related_model is User]


def _is_text(column: models.Field[Any, Any]) -> bool:
    kinds_of_text = (models.TextField, models.CharField, models.JSONField, models.FileField)
    return isinstance(column, kinds_of_text) and not column.choices and not isinstance(column, models.SlugField)


def test_no_event_holds_a_count_of_people() -> None:
    shown = {f"{one.subject}.{column.name}" for one in FEEDS for column in one.shown}
    counts = ("result.value", "result.numerator", "double_count.value", "outcome_indicator.baseline_value")
    assert shown.isdisjoint(counts)


# ---- what an event tells -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_step_tells_the_state_before_and_after(active: Active, ended: None) -> None:
    moves = [
        (one.before["status"], one.after["status"], one.changed[0])
        for one in sent_to(active.stage.analyst, kinds=["partnership.status_changed"])
    ]
    assert moves == [
        ("selected", "invited", "status"),
        ("invited", "negotiating", "status"),
        ("negotiating", "in_clearance", "status"),
        ("in_clearance", "signed", "status"),
        ("signed", "active", "status"),
    ]


@pytest.mark.django_db
def test_a_new_row_a_change_of_text_and_a_removal_are_events(active: Active) -> None:
    owner = active.partnership.participants.earliest("pk")
    before = Change.objects.latest("pk").pk
    risk = Risk.objects.create(
        partnership=active.partnership,
        text="Planted",
        likelihood=2,
        impact=3,
        mitigation="None",
        owner=owner,
        review_on=END,
    )
    risk.text, risk.impact = "Planted again", 4
    risk.save(update_fields=["text", "impact"])
    risk.save(update_fields=["text", "impact"])  # changes nothing, so it tells nothing
    with owner_rights():
        Risk.objects.filter(pk=risk.pk).delete()
    added, changed, removed = Change.objects.filter(pk__gt=before, subject="risk")
    assert (added.kind, added.before, added.after["impact"], added.key) == ("risk.added", None, 3, risk.pk)
    assert (changed.kind, changed.before, changed.after) == ("risk.changed", {"impact": 3}, {"impact": 4})
    assert changed.changed == ["text", "impact"]
    assert (removed.kind, removed.before["impact"], removed.after) == ("risk.removed", 4, None)
    assert "Planted" not in json.dumps([one.before or {} for one in (added, changed, removed)])
    assert {one.partnership for one in (added, changed, removed)} == {active.partnership.pk}


@pytest.mark.django_db
def test_the_application_can_neither_write_nor_change_the_outbox(active: Active) -> None:
    from django.db import DatabaseError, transaction

    newest = Change.objects.latest("pk")
    for statement in (
        "INSERT INTO changes_change (xid, at, kind, subject, key, changed, permission, is_sample) "
        "VALUES ('1', now(), 'a', 'a', 1, '{}', 'USE_API', FALSE)",
        f"UPDATE changes_change SET kind = 'other' WHERE id = {newest.pk}",
        f"DELETE FROM changes_change WHERE id = {newest.pk}",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.django_db
def test_an_event_carries_a_version_that_only_its_transaction_makes(active: Active) -> None:
    """A copy read before the write has a lower version, and one that was read after it has this one or a higher one."""
    partnership = active.partnership
    owner = partnership.participants.earliest("pk")
    award = active.stage.award(partnership)
    writes: list[Callable[[], object]] = [
        lambda: Risk.objects.create(
            partnership=partnership, text="T", likelihood=1, impact=1, mitigation="M", owner=owner, review_on=END
        ),
        lambda: Risk.objects.update(state=RiskState.OCCURRED),
        lambda: AwardStep.objects.create(
            award=award, name="stop_work", source="active", target="stop_work", reason="R", on=END, actor=None
        ),
        lambda: partnership.documents.create(kind="other", title="D"),
        lambda: Partnership.objects.filter(pk=partnership.pk).update(fund_account="esf"),
    ]
    for write in writes:
        held = Partnership.objects.get(pk=partnership.pk).version
        newest = Change.objects.latest("pk").pk
        write()
        read = Partnership.objects.get(pk=partnership.pk).version
        events = list(Change.objects.filter(pk__gt=newest))
        assert events
        assert {one.partnership for one in events} == {partnership.pk}
        assert all(one.revision is not None and held < one.revision <= read for one in events), (held, read, events)


# ---- who is sent it -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_reviewer_is_sent_its_own_agency_alone(agencies: Consultees, ended: None) -> None:
    labor, justice = agencies.users["labor"], agencies.users["justice"]
    for user in (labor, justice):
        events = sent_to(user)
        own = [one for one in events if one.permission != Permission.VIEW_OBSERVATIONS.name]
        assert {one.agency for one in own} == {user.agency_id}
        assert {one.subject for one in own} >= {"request", "position", "note"}
    assert not {one.pk for one in sent_to(labor) if one.agency} & {one.pk for one in sent_to(justice) if one.agency}


@pytest.mark.django_db
def test_the_office_is_not_sent_a_note_that_only_its_agency_sees(agencies: Consultees, ended: None) -> None:
    private = Change.objects.filter(subject="note", permission=Permission.CONSULT.name)
    assert private.exists()
    for role in (Role.ANALYST, Role.APPROVER, Role.VIEWER, Role.ADMINISTRATOR, Role.API_CLIENT):
        found = sent_to(User.objects.filter(role=role).first() or make_account(role))
        assert not set(private.values_list("pk", flat=True)) & {one.pk for one in found}, role


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (Role.VIEWER, {"note", "memo"}),
        (Role.API_CLIENT, {"note", "memo"}),
        (Role.REVIEWER, {"partnership", "run", "round", "decision", "scoring_model"}),
    ],
)
def test_a_role_is_not_sent_what_it_may_not_read(
    agencies: Consultees, ended: None, role: Role, hidden: set[str]
) -> None:
    user = User.objects.filter(role=role).first() or make_account(role)
    assert {one.subject for one in sent_to(user)}.isdisjoint(hidden)
    assert hidden & set(Change.objects.values_list("subject", flat=True))


@pytest.mark.django_db
def test_no_event_has_a_word_that_somebody_wrote(agencies: Consultees) -> None:
    events = json.dumps([[one.before, one.after] for one in Change.objects.all()])
    assert [word for word in agencies.plant.words if word in events] == []


@pytest.mark.django_db
def test_a_token_is_sent_only_what_its_scopes_allow(active: Active, ended: None) -> None:
    owner = make_account(Role.API_CLIENT)
    subjects = {}
    for scope in ("partnerships:read", "rankings:read", "observations:read"):
        secret = issue_token(owner=owner, name=scope, scopes=[scope], days=1).secret
        answer = Client(headers={"Authorization": f"Bearer {secret}"}).get(URL, {"limit": 1000})
        subjects[scope] = {one["subject"] for one in answer.json()["results"]}
    assert {"partnership", "award", "limit_policy"} & subjects["partnerships:read"]
    assert "scoring_model" not in subjects["partnerships:read"]
    assert subjects["rankings:read"] == {"scoring_model", "pool_policy"}
    assert subjects["observations:read"] <= {"publication", "usg_program", "national_plan", "name_mapping"}


# ---- the answer ----------------------------------------------------------------------------------------------------


@pytest.fixture
def client(active: Active) -> Client:
    client = Client()
    client.force_login(make_account(Role.API_CLIENT))
    return client


@pytest.mark.django_db
def test_pages_have_each_event_once_in_one_order(client: Client, ended: None) -> None:
    whole = get(client, limit=1000)
    assert not whole["more"]
    found, after, pages = [], "", 0
    while True:
        page = get(client, limit=7, **_after(after))
        found += page["results"]
        after, pages = page["next"], pages + 1
        if not page["more"]:
            break
    assert found == whole["results"]
    assert pages == -(-len(found) // 7)
    assert [one["id"] for one in found] == sorted({one["id"] for one in found})
    end = get(client, after=after)
    assert (end["results"], end["next"], end["more"]) == ([], after, False)
    third = found[2]["cursor"]
    assert get(client, after=third, limit=1)["results"] == [found[3]]


@pytest.mark.django_db
def test_a_page_without_events_goes_on_after_those_of_others(
    client: Client, ended: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few events a reader may read, a request looks at a bounded number of them, and none is passed over."""
    wanted = "partnership.status_changed"
    expected = get(client, limit=1000, kind=wanted)["results"]
    monkeypatch.setattr(queries, "EXAMINED", 10)
    found: list[Any] = []
    after, empty = "", 0
    while True:
        page = get(client, limit=3, kind=wanted, **_after(after))
        found += page["results"]
        empty += not page["results"]
        if not page["more"]:
            break
        assert page["next"] != after
        after = page["next"]
    assert found == expected
    assert empty > 3


@pytest.mark.django_db
def test_filters_and_the_sample(client: Client, active: Active, ended: None) -> None:
    number = active.partnership.pk
    of_one = get(client, partnership=number, limit=1000)["results"]
    assert {one["partnership"] for one in of_one} == {number}
    assert {one["url"] for one in of_one if one["subject"] == "partnership"} == {f"/api/v1/partnerships/{number}/"}
    both = ["partnership.added", "risk.added"]
    assert {one["kind"] for one in get(client, kind=both)["results"]} == {"partnership.added"}
    with unguarded():
        connection.cursor().execute("UPDATE changes_change SET is_sample = TRUE WHERE partnership = %s", [number])
    assert number not in {one["partnership"] for one in get(client, limit=1000)["results"]}
    assert get(client, partnership=number, limit=1000)["results"] == of_one


@pytest.mark.django_db
def test_each_event_leads_to_a_record_that_its_reader_can_open(active: Active, ended: None) -> None:
    client = Client()
    client.force_login(active.stage.analyst)
    events = [event for event in get(client, limit=1000)["results"] if event["kind"] != "restriction.added"]
    found = {event["subject"]: event["url"] for event in events if event["partnership"]}
    assert None not in found.values()
    assert {url: client.get(url).status_code for url in found.values()} == dict.fromkeys(found.values(), 200)
    number = active.partnership.pk
    assert found["objective"].startswith(f"/api/v1/partnerships/{number}/objectives/")


@pytest.mark.django_db
def test_the_present_is_a_cursor(client: Client, active: Active) -> None:
    now = get(client, after="now")
    assert now["results"] == []
    assert get(client, after=now["next"])["next"] == now["next"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"after": "yesterday"}, "after"),
        ({"after": "AAAA"}, "after"),
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"kind": "partnership.sold"}, "kind"),
        ({"partnership": "x"}, "partnership"),
        ({"since": "2026-01-01"}, "since"),
    ],
)
def test_a_wrong_parameter_is_named(client: Client, asked: dict[str, str], field: str) -> None:
    problem = get(client, 400, **asked)
    assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.django_db
def test_a_cursor_with_a_changed_character_is_no_cursor(client: Client, ended: None) -> None:
    cursor = get(client, limit=3)["next"]
    for index in range(len(cursor)):
        other = "A" if cursor[index] != "A" else "B"
        answer = client.get(URL, {"after": cursor[:index] + other + cursor[index + 1 :]})
        assert answer.status_code in (400, 410), (index, answer.content)


@pytest.mark.django_db
def test_a_cursor_of_another_epoch_or_of_a_lost_transaction_has_ended(client: Client) -> None:
    with connection.cursor() as cursor:
        epoch = epoch_of(cursor)
    elsewhere = bytes(255 - byte for byte in epoch)
    for text in (FeedPosition(5, 5).text(elsewhere), FeedPosition(LARGEST, 1).text(epoch)):
        problem = get(client, 410, after=text)
        assert problem["type"] == "/api/problems/#gone"
        assert "after=now" in problem["detail"]


@pytest.mark.django_db
def test_events_of_another_server_are_moved_before_new_ones(active: Active) -> None:
    ids = list(Change.objects.order_by("xid", "id").values_list("pk", flat=True))
    with owner_rights(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE changes_change DISABLE TRIGGER USER")
        cursor.execute("UPDATE changes_change SET xid = (xid::text::bigint + 4000000000)::text::xid8")
        cursor.execute("ALTER TABLE changes_change ENABLE TRIGGER USER")
        assert has_restored_events(cursor)
        move_restored_events(using="default")
        assert not has_restored_events(cursor)
    assert set(Change.objects.values_list("xid", flat=True)) == {FIRST}
    assert list(Change.objects.order_by("xid", "id").values_list("pk", flat=True)) == ids


@pytest.mark.django_db
def test_an_unchanged_answer_is_a_304(client: Client, ended: None) -> None:
    first = client.get(URL)
    assert client.get(URL, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_the_guide_lists_every_kind() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert guide == written(guide), "Run: .venv/bin/python -m cpc.changes"
    subjects = {kind.partition(".")[0] for kind in kinds()}
    assert subjects == {subject for subject in subjects if f"`{subject}`" in guide}


def test_a_position_has_one_text() -> None:
    epoch = b"01234567"
    text = FeedPosition(1, 2).text(epoch)
    changed = [text[:index] + other + text[index + 1 :] for index in range(len(text)) for other in ALPHABET]
    for other in {*changed, f"{text}=", f"{text}A", text[:-1]} - {text}:
        with pytest.raises(UnreadableCursor):
            FeedPosition.read(other, epoch)


def test_a_position_is_read_back() -> None:
    epoch = b"01234567"
    for position in (START, FeedPosition(1, 2), FeedPosition(LARGEST, LARGEST)):
        assert FeedPosition.read(position.text(epoch), epoch) == position
