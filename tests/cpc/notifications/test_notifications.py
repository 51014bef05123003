"""Notifications: one per event and person, without text that people wrote, and in the inbox before any email."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.notifications import kinds, services
from cpc.notifications.kinds import Kind
from cpc.notifications.models import Frequency, Notification
from tests.support.accounts import make_account, set_by_owner

pytestmark = pytest.mark.django_db

ASKED = Kind(
    key="test.asked",
    label="Requests",
    subject="{agency} is asked about {country}",
    text="Please {action} by {due}.",
    example={
        "agency": "Department of Labor",
        "country": "Ghana",
        "action": "clear the candidate",
        "due": "Dec 4, 2026",
    },
)
DUE = Kind(
    key="test.due",
    label="Requests due today",
    subject="Due today: {country}",
    text="Please {action} by {due}.",
    example={"country": "Ghana", "action": "clear the candidate", "due": "Dec 4, 2026"},
    urgent=True,
)


@pytest.fixture(autouse=True)
def _two_kinds() -> Iterator[None]:
    with kinds.kinds.only(ASKED, DUE):
        yield


def reader(username: str = "", role: Role = Role.VIEWER, **fields: object) -> User:
    user = make_account(role, username=username)
    set_by_owner(User.objects.filter(pk=user.pk), **{"email": f"{user.username}@cpc.example", **fields})
    user.refresh_from_db()
    return user


def notify_readers(*recipients: User, kind: Kind = ASKED, dedupe: str = "round 1", **more: object) -> int:
    arguments = {"values": kind.example, "link": "/countries/GHA/", "target": recipients[0], "actor": None, **more}
    return services.notify(recipients=recipients, kind=kind.key, dedupe=dedupe, **arguments)  # type: ignore[arg-type]  # the arguments have several types


# ---- kinds ---------------------------------------------------------------------------------------------------------


def test_each_kind_fills_its_text_with_permitted_fields_only() -> None:
    from cpc.people import notifications as people_notifications

    with kinds.kinds.only():
        people_notifications.register_kinds()
        for kind in kinds.all_kinds():
            assert kind.fields <= set(kinds.FIELDS), kind.key
            message = kind.message(kind.example)
            assert "{" not in message.subject + message.text, kind.key
            assert all(value in message.subject + message.text for value in kind.example.values()), kind.key
            assert message.text.endswith("."), kind.key


@pytest.mark.parametrize("field", ["note", "reason", "position", "password", "0", ""])
def test_a_kind_that_names_what_somebody_wrote_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="can use"):
        kinds.register(Kind("test.bad", "Bad", "{%s}" % field, "Text.", {field: "x"}))  # noqa: UP031  # builds a template with a placeholder


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"country": "Ghana"},
        {**DUE.example, "note": "x"},
        {**DUE.example, "country": ""},
        {**DUE.example, "country": "x" * 161},
    ],
)
def test_values_must_fit_the_kind(values: Mapping[str, str]) -> None:
    with pytest.raises(ValueError, match=r"test\.due"):
        notify_readers(reader(), kind=DUE, values=values)
    assert not Notification.objects.exists()


def test_a_value_stays_on_its_line_and_is_no_template() -> None:
    user = reader()
    notify_readers(
        user, kind=DUE, values={"country": "Ghana\r\nBcc: all", "action": "look at {due}", "due": "<b>now</b>"}
    )
    notification = Notification.objects.get()
    assert notification.subject == "Due today: Ghana Bcc: all"
    assert notification.text == "Please look at {due} by <b>now</b>."
    client = Client()
    client.force_login(user)
    assert "&lt;b&gt;now&lt;/b&gt;" in client.get("/inbox/").content.decode()


@pytest.mark.parametrize("link", ["https://elsewhere.example/", "//elsewhere.example/", "countries/", ""])
def test_a_link_leads_nowhere_else(link: str) -> None:
    with pytest.raises(ValueError, match="not a path on this site"):
        notify_readers(reader(), link=link)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(LookupError, match=r"test\.none"):
        services.preview(recipients=[reader()], kind="test.none", values={}, link="/")


# ---- telling -------------------------------------------------------------------------------------------------------


def test_a_task_that_runs_twice_tells_no_one_twice() -> None:
    first, second = reader("first"), reader("second")
    assert notify_readers(first) == 1
    assert notify_readers(first, second) == 1
    assert notify_readers(first, second) == 0
    assert notify_readers(first, second, dedupe="round 2") == 2
    assert AuditEntry.objects.filter(action="notified").count() == 3
    row = Notification.objects.filter(recipient=first).values().first()
    assert row
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(**{**row, "id": None})


def test_a_notification_is_stored_as_it_was_sent_and_recorded_at_its_object() -> None:
    author, first, silent = reader("author"), reader("first"), reader("silent", email="")
    assert notify_readers(first, silent, kind=DUE, target=author, actor=author) == 2
    row = Notification.objects.get(recipient=first)
    assert (row.kind, row.urgent, row.subject) == ("test.due", True, "Due today: Ghana")
    assert (row.text, row.link) == ("Please clear the candidate by Dec 4, 2026.", "/countries/GHA/")
    assert (row.target_type, row.target_id, row.dedupe) == ("accounts.user", str(author.pk), "round 1")
    assert (row.by_mail, Notification.objects.get(recipient=silent).by_mail) == (True, False)
    told = {"kind": "test.due", "recipients": ["first", "silent"]}
    entry = AuditEntry.objects.get(object_type="accounts.user", object_id=str(author.pk))
    assert (entry.actor_id, entry.action, entry.before, entry.after) == (str(author.pk), "notified", None, told)


def test_who_reads_no_pages_is_left_out() -> None:
    program, leaver = reader("program", Role.API_CLIENT), reader("leaver", is_active=False)
    assert notify_readers(reader("one"), program, leaver) == 1
    assert set(Notification.objects.values_list("recipient__username", flat=True)) == {"one"}


@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize("kind", [ASKED, DUE])
def test_the_preview_is_what_is_sent(frequency: Frequency, kind: Kind) -> None:
    user, program, silent = reader("user"), reader("program", Role.API_CLIENT), reader("silent", email="")
    services.choose_frequency(frequency=frequency, user=user)
    shown = services.preview(recipients=[user, program, silent, user], kind=kind.key, values=kind.example, link="/x/")
    assert not Notification.objects.exists()
    assert shown.left_out == (program,)
    mail_of = {one.user: one.mail for one in shown.recipients}
    quiet = frequency == Frequency.NONE and not kind.urgent
    assert mail_of == {user: None if quiet else Frequency.EACH if kind.urgent else frequency, silent: None}
    notify_readers(user, program, silent, kind=kind, link="/x/")
    for row in Notification.objects.all():
        assert (row.subject, row.text, row.link) == (shown.message.subject, shown.message.text, shown.link)
        assert row.by_mail == (mail_of[row.recipient] is not None)


def test_a_notification_is_never_rewritten() -> None:
    notify_readers(reader())
    rows = Notification.objects.all()
    rows.update(read_at=timezone.now(), mailed_at=timezone.now())
    for change in ({"subject": "Other"}, {"read_at": None}, {"mailed_at": timezone.now()}, {"link": "/other/"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.get().delete()


# ---- the inbox -----------------------------------------------------------------------------------------------------


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_only_the_recipient_sees_a_notification() -> None:
    owner = reader("owner")
    notify_readers(owner)
    pk = Notification.objects.get().pk
    for role in Role:
        other = browser(reader(f"other-{role.value}", role))
        assert other.post(f"/inbox/{pk}/read/").status_code == (403 if role == Role.API_CLIENT else 404)
        if role != Role.API_CLIENT:
            assert b"Ghana" not in other.get("/inbox/").content
            other.post("/inbox/read/", {"up_to": pk})
    assert Notification.objects.get().read_at is None
    assert b"Department of Labor is asked about Ghana" in browser(owner).get("/inbox/").content


def test_reading_one_marks_it_once_and_leads_to_its_object() -> None:
    owner = reader()
    notify_readers(owner)
    pk, client = Notification.objects.get().pk, browser(owner)
    assert "Inbox, 1 unread" in client.get("/").content.decode()
    assert client.post(f"/inbox/{pk}/read/", {"then": "open"})["Location"] == "/countries/GHA/"
    first = Notification.objects.get().read_at
    assert client.post(f"/inbox/{pk}/read/")["Location"] == "/inbox/"
    assert Notification.objects.get().read_at == first is not None
    assert "Inbox, 0 unread" in client.get("/").content.decode()
    assert client.post(f"/inbox/{pk}/read/", {"then": "leave"}).status_code == 400
    assert client.get(f"/inbox/{pk}/read/").status_code == 405


def test_marking_all_leaves_what_came_in_since() -> None:
    owner = reader()
    notify_readers(owner)
    newest = Notification.objects.get().pk
    notify_readers(owner, dedupe="later")
    client = browser(owner)
    assert "Marked as read: 1" in client.post("/inbox/read/", {"up_to": newest}, follow=True).content.decode()
    assert Notification.objects.filter(read_at=None).count() == 1
    assert client.post("/inbox/read/").status_code == 400
    page = client.get("/inbox/?show=unread").content.decode()
    assert page.count('<li class="c-message') == 1
    assert client.get("/inbox/?show=old").status_code == 400


def test_the_inbox_is_paged_and_asks_the_same_number_of_queries(django_assert_max_num_queries: object) -> None:
    owner = reader()
    for number in range(30):
        notify_readers(owner, dedupe=str(number))
    client = browser(owner)
    with django_assert_max_num_queries(8):  # type: ignore[operator]  # the fixture of pytest-django
        page = client.get("/inbox/").content.decode()
    assert page.count('<li class="c-message') == 25
    assert client.get("/inbox/?page=2").content.decode().count('<li class="c-message') == 5
    assert client.get("/inbox/?page=3").status_code == 404


def test_a_section_is_marked_as_read_alone_and_only_by_its_owner() -> None:
    owner, other = reader("owner"), reader("other")
    for number in range(3):
        notify_readers(owner, other, dedupe=str(number))
    keys = list(Notification.objects.filter(recipient=owner).order_by("pk").values_list("pk", flat=True))
    sent = {"up_to": keys[-1], "only": f"{keys[0]},{keys[1]}"}
    browser(other).post("/inbox/read/", sent)
    assert Notification.objects.filter(recipient=owner, read_at=None).count() == 3
    browser(owner).post("/inbox/read/", sent)
    assert list(Notification.objects.filter(recipient=owner, read_at=None).values_list("pk", flat=True)) == [keys[2]]
    assert browser(owner).post("/inbox/read/", sent | {"only": "1;2"}).status_code == 400


def test_filters_count_and_read_messages_go_to_the_archive_after_a_month() -> None:
    owner = reader()
    now = timezone.now()
    for number, (days, is_read) in enumerate([(29, True), (31, True), (31, False), (0, False)]):
        Notification.objects.create(
            recipient=owner,
            kind=ASKED.key,
            urgent=False,
            subject="News",
            text="News",
            link="/",
            target_type="accounts.user",
            target_id="1",
            dedupe=str(number),
            by_mail=False,
            created_at=now - timedelta(days=days),
            read_at=now if is_read else None,
        )
    context = browser(owner).get("/inbox/").context
    assert {key: count for key, _, count in context["rail"]} == {"": 3, "unread": 2, "account": 3, "archive": 1}
    assert len(browser(owner).get("/inbox/?show=archive").context["page"].object_list) == 1
    assert len(browser(owner).get("/inbox/?show=account").context["page"].object_list) == 3
