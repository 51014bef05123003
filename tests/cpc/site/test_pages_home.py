"""Home and the whole queue of each role: titles, filters, and counts that are equal everywhere."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.audit.services import record
from cpc.site import dashboard, queue
from cpc.site.queue import Category, Coming, ComingSource, Desk, Item, Lane, QueueSource, Sent, SentLane, WaitingSource
from cpc.web import formats
from tests.partnerships.sending import client_of, page_text
from tests.support.accounts import make_account

TODAY = timezone.now().date()


def lanes(*items: tuple[str, Category, int | None]) -> QueueSource:
    """Return a source of items: each has a key, a category, and days until it is due."""

    def made(desk: Desk) -> list[Lane]:
        found: dict[Category, list[Item]] = {}
        for key, category, days in items:
            due = None if days is None else TODAY + timedelta(days=days)
            row = Item(key, f"Do {key}", f"/{key}/", f"Because of {key}", "Do", "flag", category, due)
            found.setdefault(category, []).append(row)
        return [queue.lane_of_items(desk, category, rows) for category, rows in found.items()]

    return QueueSource("tests", None, made)


def nothing() -> QueueSource:
    return QueueSource("tests", None, lambda _desk: [])


def get(account: User, url: str = "/") -> str:
    return page_text(client_of(account).get(url))


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.mark.parametrize(
    ("role", "category", "title"),
    [
        (Role.ANALYST, Category.DATA, "Two items wait for you"),
        (Role.APPROVER, Category.APPROVALS, "Two items wait for your decision"),
        (Role.APPROVER, Category.DATA, "Two items wait for you"),
        (Role.ADMINISTRATOR, Category.PEOPLE, "Two items wait for you"),
    ],
)
def test_the_title_counts_what_waits_for_a_role(db: None, role: Role, category: Category, title: str) -> None:
    with queue.sources.only(lanes(("a", category, None), ("b", category, None))):
        assert title in get(make_account(role))


def test_an_item_of_a_reviewer_waits_for_the_agency(db: None) -> None:
    reviewer = make_account(Role.REVIEWER)
    assert reviewer.agency is not None
    with queue.sources.only(lanes(("a", Category.ANSWERS, None))):
        text = get(reviewer)
    assert f"One item waits for {reviewer.agency.short}" in text
    assert f"At {reviewer.agency.short}" in text


def test_a_person_without_a_queue_reads_what_the_site_is(db: None) -> None:
    text = get(make_account(Role.VIEWER))
    assert "Welcome to CPC Partnerships" in text
    assert "Here is what this site is, and where to begin." in text
    assert "Open the ranking" in text


def test_a_new_account_reads_what_the_site_is_for_a_week(analyst: User) -> None:
    assert "What this is" in get(analyst)
    User.objects.filter(pk=analyst.pk).update(date_joined=timezone.now() - timedelta(days=7, minutes=1))
    assert "What this is" not in get(analyst)


NOTHING_SOON = f"Nothing is late or due by Monday, {formats.day(queue.next_monday(TODAY))}."


@pytest.mark.parametrize(
    ("days", "lede"),
    [
        ([None], NOTHING_SOON),
        ([-1], "One is late."),
        ([-1, -2, 0], "Two are late and one is due today."),
        ([0], "One is due today."),
        ([60], NOTHING_SOON),
    ],
)
def test_the_line_below_the_title_counts_what_presses(analyst: User, days: list[int | None], lede: str) -> None:
    rows = [(f"k{number}", Category.DATA, day) for number, day in enumerate(days)]
    with queue.sources.only(lanes(*rows)):
        assert lede in get(analyst)


def test_nothing_waits_only_if_true_and_then_names_the_next_day(analyst: User) -> None:
    coming = Coming(TODAY + timedelta(days=3), "The consultation closes")
    with queue.sources.only(nothing()), queue.coming_sources.only(ComingSource("c", None, lambda _desk: [coming])):
        text = get(analyst)
        assert "Nothing waits for you" in text
        assert re.search(r"The next day ahead is \w+, \w+ \d+\s*: The consultation closes\.", text)
    with queue.sources.only(nothing()), queue.coming_sources.only():
        assert "No day ahead is on record." in get(analyst)
    with queue.sources.only(lanes(("a", Category.DATA, None))):
        assert "Nothing waits" not in get(analyst)


def test_counts_are_equal_over_title_rail_and_groups(analyst: User) -> None:
    rows: list[tuple[str, Category, int | None]] = [
        (f"late{number}", Category.REPORTS, -number - 1) for number in range(20)
    ]
    rows += [("today", Category.DATA, 0), ("undated", Category.DATA, None)]
    with queue.sources.only(lanes(*rows)):
        response = client_of(analyst).get("/")
        context = response.context
        assert "22 items wait for you" in page_text(response)
        assert context["counts"].total == context["everything"] == 22
        assert [(one["label"], one["count"]) for one in context["rail"]] == [("Reports and dialogues", 20), ("Data", 2)]
        assert sum(section.count for section in context["sections"]) == 22
        assert [len(section.items) for section in context["sections"]] == [8, 1, 1]
        assert "All 20" in page_text(response)
        one_kind = client_of(analyst).get("/?kind=data").context
        assert (one_kind["everything"], [section.count for section in one_kind["sections"]]) == (22, [1, 1])


def test_the_whole_queue_has_pages_of_every_row_once(analyst: User) -> None:
    rows: list[tuple[str, Category, int | None]] = [
        (f"late{number:03}", Category.REPORTS, -200 + number) for number in range(120)
    ]
    with queue.sources.only(lanes(*rows, ("undated", Category.DATA, None))):
        client, keys = client_of(analyst), []
        for page in (1, 2, 3):
            context = client.get(f"/queue/?page={page}").context
            keys += [item.key for section in context["sections"] for item in section.items]
            assert context["shown"] == 121
        assert keys == [*(key for key, *_ in rows), "undated"]
        assert client.get("/queue/?page=4").status_code == 404
        late = client.get("/queue/?due=late&kind=reports").context
        assert (late["shown"], len(late["sections"][0].items)) == (120, 50)
        assert "Nothing waits here" in page_text(client.get("/queue/?due=today"))
        assert client.get("/queue/?due=someday").status_code == 400
        assert client.get("/?kind=nothing").status_code == 400


def test_each_row_is_one_link_to_the_form(analyst: User) -> None:
    with queue.sources.only(lanes(("a", Category.DATA, -1))):
        html = client_of(analyst).get("/").content.decode()
    assert html.count('href="/a/"') == 1
    assert "Late by 1 day" in html


def test_what_was_sent_names_who_has_it_since_when(analyst: User) -> None:
    sent = Sent("s", "Moldova, amendment 1", "/m/", "the approver", since=TODAY, opened_on=TODAY)
    source = WaitingSource("w", None, lambda _desk: SentLane(7, [sent]))
    with queue.waiting_sources.only(source), queue.sources.only(nothing()):
        text = get(analyst)
    assert "Waiting on others 7 Moldova, amendment 1 With the approver since" in text
    assert "of 7" in text


def test_home_itself_takes_few_queries_and_no_more_for_more_rows(analyst: User) -> None:
    client = client_of(analyst)
    counts = []
    for number in (1, 200):
        rows = [(f"k{one}", Category.DATA, -one) for one in range(number)]
        with (
            queue.sources.only(lanes(*rows)),
            queue.waiting_sources.only(),
            queue.coming_sources.only(),
            dashboard.panels.only(),
        ):
            client.get("/")
            with CaptureQueriesContext(connection) as queries:
                client.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5


def test_own_work_of_the_last_days_is_listed_without_signing_in(analyst: User) -> None:
    client = Client()
    client.force_login(analyst)
    assert "Done in the last 7 days" not in page_text(client.get("/"))
    agency = make_account(Role.REVIEWER).agency
    assert agency is not None
    for number in range(7):
        record(actor=analyst, action=f"corrected {number}", target=agency)
    record(actor=make_account(Role.APPROVER), action="decided", target=agency)
    text = page_text(client.get("/"))
    assert "Done in the last 7 days 7" in text
    assert "Corrected 6" in text
    assert "Corrected 1" not in text
    assert "Decided" not in text


def test_the_same_actions_of_one_day_are_one_line_that_names_them(analyst: User) -> None:
    rows = [
        AuditEntry(
            actor_id=str(analyst.pk), actor_name=str(analyst), action=action, channel="page", object_id="1",
            object_type=kind, object_label=label,
        )
        for action, kind, label in (
            ("sent", "accounts.agency", "Request to A, with commas, Spring, FY 2028"),
            ("sent", "accounts.agency", "Request to B, Spring, FY 2028"),
            ("sent", "gone.model", "One, X"),
            ("sent", "gone.model", "Two, Y"),
            ("took the step: Approve", "accounts.user", "Report on May, Kenya: approved"),
        )
    ]  # fmt: skip
    AuditEntry.objects.bulk_create(rows)
    text = page_text(client_of(analyst).get("/"))
    assert "Done in the last 7 days 5" in text
    assert "Report on May, Kenya: approved" in text
    assert "Took the step" not in text
    assert "2 agencies: Spring, FY 2028 Sent," in text
    assert "2 records: Two, Y; One, X Sent," in text


def test_a_row_names_who_sent_it_and_since_when(analyst: User) -> None:
    row = Item("a", "Do a", "/a/", "Because", "Do", "flag", Category.DATA, since=TODAY, asked_by="Approver, TIP Office")
    returned = Item("b", "Do b", "/b/", "Labor returned it: “No”", "Do", "flag", Category.DATA, asked_by="Labor")
    made = QueueSource("tests", None, lambda desk: [queue.lane_of_items(desk, Category.DATA, [row, returned])])
    with queue.sources.only(made):
        text = get(analyst)
    assert "from Approver, TIP Office" in text
    assert "Since " in text
    assert "from Labor" not in text
    assert text.count("No date") == 2  # the heading of the group, and the row without a day


def test_the_whole_queue_lists_all_that_waits_on_others(analyst: User) -> None:
    rows = [Sent(f"s{number}", f"Text number {number}", "/", "Labor") for number in range(7)]
    source = WaitingSource("tests", None, lambda desk: SentLane(7, rows[: desk.limit]))
    with queue.waiting_sources.only(source):
        home, whole = get(analyst), get(analyst, "/queue/")
    assert "The 5 that wait longest, of 7" in home
    assert "Text number 6" not in home
    assert "Text number 6" in whole
    assert "that wait longest" not in whole


@pytest.mark.parametrize("role", [role for role in Role if role != Role.API_CLIENT])
def test_home_is_first_in_the_header_of_each_role(db: None, role: Role) -> None:
    page = client_of(make_account(role)).get("/").content.decode()
    header = re.search(r'<nav class="c-nav".*?</nav>', page, re.DOTALL)
    assert header
    labels = re.findall(r"<a [^>]*>([^<]+)</a>", header[0])
    assert labels[0] == "Home"
    assert "Consultation" not in labels[2:]
