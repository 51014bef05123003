"""Saved views: who sees them, who changes them, and the consent of a second person."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.database.revisions import EditConflict
from cpc.notifications.models import Notification
from cpc.saved_views.models import SavedView, SavedViewVersion
from cpc.saved_views.queries import current_revision, views_of
from cpc.saved_views.services import change_view, decide, save_view, withdraw_view
from cpc.site import views_queue
from cpc.site.queue import Desk
from cpc.web.lists import LISTS
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db

LIST = "partnerships"


@pytest.fixture
def people() -> dict[str, User]:
    made = {role.value: make_account(role) for role in Role}
    return made | {"second": make_account(Role.APPROVER, username="second")}


def save(owner: User, name: str = "Over a limit", audience: str = "private", query: str = "attention=exception") -> Any:
    return save_view(owner=owner, list_key=LIST, name=name, parameters=query, audience=audience)


def names(user: User) -> list[str]:
    return [view.name for view in views_of(user, LIST)]


def codes(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return [one.code or "" for one in error.value.error_list] if not hasattr(error.value, "error_dict") else [
        one.code or "" for errors in error.value.error_dict.values() for one in errors
    ]  # fmt: skip


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_each_audience_sees_what_is_meant_for_it(people: dict[str, User]) -> None:
    save(people["reviewer"], "Mine")
    save(people["analyst"], "Mine too")
    save(people["analyst"], "Ours", "office")
    save(people["analyst"], "Waits", "everyone")
    shared = save(people["analyst"], "For all", "everyone")
    decide(version=shared, consents=True, actor=people["approver"])
    assert {role: names(user) for role, user in people.items()} == {
        "analyst": ["For all", "Ours", "Mine too", "Waits"],
        "approver": ["For all", "Ours"],
        "second": ["For all", "Ours"],
        "administrator": ["For all", "Ours"],
        "reviewer": ["For all", "Mine"],
        "viewer": ["For all"],
        "api_client": ["For all"],
    }


@pytest.mark.parametrize("role", ["reviewer", "viewer"])
@pytest.mark.parametrize("audience", ["office", "everyone"])
def test_readers_save_views_only_for_themselves(people: dict[str, User], role: str, audience: str) -> None:
    with pytest.raises(ValidationError) as error:
        save(people[role], audience=audience)
    assert codes(error) == ["may_not_share"]
    view = save(people[role]).view
    with pytest.raises(DatabaseError, match="only for itself"), transaction.atomic():
        SavedViewVersion.objects.create(view=view, audience=audience, made_by=people[role])


def test_a_name_is_used_once_by_an_owner_in_a_list(people: dict[str, User]) -> None:
    first = save(people["analyst"], "Over a limit")
    with pytest.raises(ValidationError) as error:
        save(people["analyst"], "OVER a  limit")
    assert codes(error) == ["name_taken"]
    save(people["viewer"], "Over a limit")
    save_view(owner=people["analyst"], list_key="rounds", name="Over a limit", parameters="", audience="private")
    withdraw_view(view=first.view, actor=people["analyst"])
    save(people["analyst"], "Over a limit")


@pytest.mark.parametrize(("name", "code"), [("", "blank"), ("\u200bx", "hidden_character"), ("x" * 61, "max_length")])
def test_a_name_is_visible_and_short(people: dict[str, User], name: str, code: str) -> None:
    with pytest.raises(ValidationError) as error:
        save(people["analyst"], name)
    assert code in codes(error)
    save(people["analyst"], "x" * 60)


def test_a_view_holds_only_parameters_of_its_list_and_no_page(people: dict[str, User]) -> None:
    saved = save(
        people["analyst"], query="page=2&format=csv&saved=3&columns=status,signed&tier=1&q=&attention=exception"
    )
    assert saved.parameters == "attention=exception&columns=status,signed"
    with pytest.raises(ValidationError) as error:
        save_view(owner=people["analyst"], list_key="nothing", name="x", parameters="", audience="private")
    assert codes(error) == ["list"]
    limit = 2000 - len("q=")
    save(people["analyst"], "long", query=f"q={'a' * limit}")
    with pytest.raises(ValidationError) as error:
        save(people["analyst"], "longer", query=f"q={'a' * (limit + 1)}")
    assert codes(error) == ["parameters"]
    with pytest.raises(DatabaseError, match="no_page"), transaction.atomic():
        SavedViewVersion.objects.create(
            view=saved.view, audience="private", made_by=people["analyst"], parameters="q=a&page=2"
        )


# ---- changing and deleting -----------------------------------------------------------------------------------------


def test_a_change_is_a_new_version(people: dict[str, User]) -> None:
    first = save(people["analyst"], audience="office")
    second = change_view(view=first.view, parameters="q=gha", audience="office", actor=people["analyst"])
    first.refresh_from_db()
    assert (first.parameters, first.superseded_at is None, second.superseded_at) == ("attention=exception", False, None)
    assert [view.parameters for view in views_of(people["approver"], LIST)] == ["q=gha"]


def test_an_administrator_changes_what_is_shared_and_never_sees_what_is_private(people: dict[str, User]) -> None:
    shared, private = save(people["analyst"], "Ours", "office"), save(people["analyst"], "Mine")
    administrator = people["administrator"]
    change_view(view=shared.view, parameters="q=a", audience="office", actor=administrator)
    for act in (
        lambda: change_view(view=private.view, parameters="", audience="private", actor=administrator),
        lambda: withdraw_view(view=private.view, actor=administrator),
    ):
        with pytest.raises(SavedView.DoesNotExist):
            act()
    with pytest.raises(ValidationError) as error:
        change_view(view=shared.view, parameters="", audience="private", actor=administrator)
    assert codes(error) == ["not_owner"]
    withdraw_view(view=shared.view, actor=administrator)
    assert names(people["analyst"]) == ["Mine"]


def test_others_of_the_office_do_not_change_a_view(people: dict[str, User]) -> None:
    view = save(people["analyst"], audience="office").view
    with pytest.raises(PermissionDenied):
        change_view(view=view, parameters="", audience="office", actor=people["approver"])
    with pytest.raises(PermissionDenied):
        withdraw_view(view=view, actor=people["approver"])
    for role in ("approver", "viewer"):
        with pytest.raises(DatabaseError, match=r"owner or an administrator|only for itself"), transaction.atomic():
            SavedViewVersion.objects.create(view=view, audience="office", made_by=people[role])
    with pytest.raises(DatabaseError, match="owner or an administrator"), transaction.atomic():
        SavedView.objects.filter(pk=view.pk).update(withdrawn_by=people["approver"], withdrawn_at="2026-01-01T00:00Z")


def test_the_second_of_two_windows_gets_a_conflict(people: dict[str, User]) -> None:
    view = save(people["analyst"]).view
    seen = current_revision(view)
    change_view(view=view, parameters="q=a", audience="private", actor=people["analyst"], expected_revision=seen)
    with pytest.raises(EditConflict):
        change_view(view=view, parameters="q=b", audience="private", actor=people["analyst"], expected_revision=seen)


def test_a_deleted_view_is_gone_and_stays_on_record(people: dict[str, User]) -> None:
    view = save(people["analyst"], audience="office").view
    withdraw_view(view=view, actor=people["analyst"])
    withdraw_view(view=view, actor=people["analyst"])
    assert names(people["analyst"]) == names(people["approver"]) == []
    assert SavedViewVersion.objects.filter(view=view).count() == 1
    with pytest.raises(DatabaseError, match="was deleted"), transaction.atomic():
        SavedViewVersion.objects.create(view=view, audience="private", made_by=people["analyst"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE saved_views_savedview SET name = 'other'",
        "UPDATE saved_views_savedview SET owner_id = withdrawn_by_id",
        "UPDATE saved_views_savedviewversion SET parameters = 'q=b'",
        "UPDATE saved_views_savedviewversion SET audience = 'everyone'",
        "UPDATE saved_views_savedviewversion SET outcome = 'consented'",
        "DELETE FROM saved_views_savedviewversion",
        "DELETE FROM saved_views_savedview",
        "TRUNCATE saved_views_savedview CASCADE",
    ],
)
def test_the_database_overwrites_nothing(people: dict[str, User], statement: str) -> None:
    save(people["analyst"], audience="office")
    with pytest.raises(DatabaseError), transaction.atomic(), owner_rights(), connection.cursor() as cursor:
        cursor.execute(statement)


# ---- consent -------------------------------------------------------------------------------------------------------


def test_its_author_does_not_consent(people: dict[str, User]) -> None:
    version = save(people["approver"], audience="everyone")
    with pytest.raises(ValidationError) as error:
        decide(version=version, consents=True, actor=people["approver"])
    assert codes(error) == ["two_people"]
    with pytest.raises(DatabaseError, match="cannot decide"), transaction.atomic():
        SavedViewVersion.objects.filter(pk=version.pk).update(
            outcome="consented", decided_by=people["approver"], decided_at="2026-01-01T00:00Z"
        )
    decide(version=version, consents=True, actor=people["second"])
    assert names(people["viewer"]) == ["Over a limit"]


@pytest.mark.parametrize("role", ["analyst", "administrator", "reviewer", "viewer"])
def test_only_approvers_consent(people: dict[str, User], role: str) -> None:
    version = save(people["analyst"], audience="everyone")
    with pytest.raises(PermissionDenied):
        decide(version=version, consents=True, actor=people[role])
    with pytest.raises(DatabaseError, match="cannot decide"), transaction.atomic():
        SavedViewVersion.objects.filter(pk=version.pk).update(
            outcome="consented", decided_by=people[role], decided_at="2026-01-01T00:00Z"
        )


def test_others_see_the_earlier_version_until_the_new_one_is_consented_to(people: dict[str, User]) -> None:
    first = save(people["analyst"], audience="office", query="q=a")
    wanted = change_view(view=first.view, parameters="q=b", audience="everyone", actor=people["analyst"])

    def seen(role: str) -> list[tuple[str, bool]]:
        return [(view.parameters, view.is_waiting) for view in views_of(people[role], LIST)]

    assert (seen("analyst"), seen("approver"), seen("viewer")) == ([("q=b", True)], [("q=a", False)], [])
    decide(version=wanted, consents=True, actor=people["approver"])
    assert seen("analyst") == seen("approver") == seen("viewer") == [("q=b", False)]


def test_a_refused_view_has_a_reason_and_leaves_the_view_to_its_owner(people: dict[str, User]) -> None:
    version = save(people["analyst"], audience="everyone")
    with pytest.raises(ValidationError) as error:
        decide(version=version, consents=False, reason=" ", actor=people["approver"])
    assert "reason" in codes(error)
    decide(version=version, consents=False, reason="It names countries", actor=people["approver"])
    (view,) = views_of(people["analyst"], LIST)
    assert (view.refused, view.is_private, names(people["approver"])) == ("It names countries", True, [])
    assert Notification.objects.get(recipient=people["analyst"]).subject == (
        "Your view of the list Partnerships was refused"
    )
    with pytest.raises(ValidationError) as error:
        decide(version=version, consents=True, actor=people["second"])
    assert codes(error) == ["not_waiting"]


def test_a_replaced_version_is_not_decided(people: dict[str, User]) -> None:
    version = save(people["analyst"], audience="everyone")
    change_view(view=version.view, parameters="q=b", audience="everyone", actor=people["analyst"])
    with pytest.raises(ValidationError) as error:
        decide(version=version, consents=True, actor=people["approver"])
    assert codes(error) == ["not_waiting"]


def test_the_queue_has_it_for_those_who_may_decide(people: dict[str, User]) -> None:
    from django.utils import timezone

    version = save(people["approver"], audience="everyone")
    today = timezone.now().date()
    own, other = (Desk(people[key], today, 5) for key in ("approver", "second"))
    assert [item.key for lane in views_queue.lanes(own) for item in lane.items] == []
    (item,) = [item for lane in views_queue.lanes(other) for item in lane.items]
    assert (item.key, item.url) == (f"view-decide:{version.pk}", f"/views/decide/{version.pk}/")
    assert "Partnerships" in item.title
    assert "Over a limit" not in item.title
    (sent,) = views_queue.sent(own).items
    assert sent.with_whom == people["second"].name
    decide(version=version, consents=True, actor=people["second"])
    assert views_queue.sent(own).total == 0


def test_the_audit_trail_has_shared_views_and_no_private_ones(people: dict[str, User]) -> None:
    private = save(people["analyst"], "Secret")
    withdraw_view(view=private.view, actor=people["analyst"])
    assert not AuditEntry.objects.filter(object_type__startswith="saved_views").exists()
    shared = save(people["analyst"], "Ours", "office")
    withdraw_view(view=shared.view, actor=people["analyst"])
    entries = AuditEntry.objects.filter(object_type__startswith="saved_views").order_by("pk")
    assert [entry.action for entry in entries] == ["shared", "deleted"]


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_a_view_is_saved_from_its_list_and_opens_there(people: dict[str, User]) -> None:
    client = client_of(people["viewer"])
    page = client.get("/rounds/?columns=state")
    form = page.context["shown"]
    assert form.state == "columns=state"
    key = page.content.decode().partition('action="/views/new/rounds/"')[2]
    data = {
        "name": "Over a limit",
        "parameters": "columns=state",
        "path": "/rounds/",
        "audience": "private",
        "idempotency_key": key.partition('name="idempotency_key" value="')[2].partition('"')[0],
    }
    for _ in range(2):
        answer = client.post("/views/new/rounds/", data)
        assert answer.status_code == 302
    version = SavedViewVersion.objects.get()
    assert answer["Location"] == f"/rounds/?saved={version.view_id}"
    shown = client.get(answer["Location"]).content.decode()
    assert "only you see it" in shown
    assert "Over a limit: 0 rounds" in shown


@pytest.mark.parametrize("path", ["/", "//evil.example/partnerships/", "https://evil.example/", "/rounds/", "nothing"])
def test_the_form_leads_back_only_to_its_list(people: dict[str, User], path: str) -> None:
    data = {"name": "A", "path": path, "audience": "private", "idempotency_key": "0" * 32}
    answer = client_of(people["viewer"]).post("/views/new/partnerships/", data)
    assert answer["Location"].startswith("/partnerships/?saved=")


def test_another_persons_private_view_answers_404(people: dict[str, User]) -> None:
    view = save(people["viewer"]).view
    for role in ("analyst", "approver", "administrator", "reviewer"):
        client = client_of(people[role])
        urls = [f"/views/{view.pk}/", f"/views/{view.pk}/change/", f"/views/{view.pk}/delete/"]
        urls += [] if role == "reviewer" else [f"/partnerships/?saved={view.pk}"]
        assert {client.get(url).status_code for url in urls} == {404}


def test_a_view_with_what_no_longer_exists_opens_with_a_notice(people: dict[str, User]) -> None:
    view = SavedView.objects.create(owner=people["viewer"], list_key="countries", name="Old")
    SavedViewVersion.objects.create(
        view=view, audience="private", made_by=people["viewer"], parameters="group=1&region=gone&columns=tier,sea"
    )
    answer = client_of(people["viewer"]).get(f"/countries/?saved={view.pk}")
    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert answer.context["shown"].missing == ["group", "region", "sea"]
    assert "This view was saved with group, region and sea, which the list no longer has." in text


def test_every_list_has_a_key_of_its_own_and_two_nouns() -> None:
    for page in LISTS:
        assert page.label
        assert page.noun != page.plural
        assert not {"page", "format", "saved", "columns"} & set(page.filters)
