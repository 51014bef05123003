"""Legal holds and the schedule of retention: what is removed, and what stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.changes.cursors import EndedCursor, FeedPosition, epoch_of
from cpc.changes.models import LEAST_DAYS, Change, PrunedChanges
from cpc.changes.pruning import prune, pruned_to
from cpc.changes.queries import position_of
from cpc.database.audit_triggers import OUTSIDE
from cpc.retention.models import Disposal, LegalHold
from cpc.retention.schedule import CLASSES, class_of, dispose_of_what_is_over
from cpc.retention.services import issue_hold, lift_hold
from cpc.sessions.models import Session
from cpc.webhooks.delivery import deliver
from cpc.webhooks.models import DeliveryOutcome, StopReason, Webhook, WebhookDelivery
from cpc.webhooks.services import create_webhook, start_webhook
from tests.cpc.audit.test_actors import committed, entries, sql
from tests.partnerships.sending import client_of, page_text, send
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights, unguarded
from tests.worlds.partnerships.build import Active

pytestmark = pytest.mark.django_db
REASON = "A request of the Inspector General"
DAY = dt.timedelta(days=1)


@pytest.fixture
def first() -> User:
    return make_account(Role.ADMINISTRATOR)


@pytest.fixture
def second() -> User:
    return make_account(Role.ADMINISTRATOR, username="another-administrator")


def age(days: float) -> None:
    """Make every event so many days old, and end the transactions that wrote them."""
    with unguarded():
        Change.objects.update(at=timezone.now() - days * DAY)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE changes_change SET xid = (id + 10)::text::xid8")


def code_of(error: pytest.ExceptionInfo[ValidationError]) -> set[str | None]:
    return {one.code for one in error.value.error_list} if hasattr(error.value, "error_list") else set()


def test_every_table_belongs_to_a_class_with_an_authority() -> None:
    labels = [model._meta.label for model in apps.get_models(include_auto_created=True)]
    assert [label for label in labels if class_of(label) is None] == []
    assert all(one.authority and one.models for one in CLASSES)
    named = [name for one in CLASSES for name in one.models]
    assert len(named) == len(set(named)), "no table is in two classes"
    assert class_of("partnerships.Partnership").dispose is None, "a record is never removed by its age"  # type: ignore[union-attr]  # found above


def test_one_administrator_issues_a_hold_and_another_lifts_it(active: Active, first: User, second: User) -> None:
    hold = issue_hold(covers=f"partnership:{active.partnership.pk}", reason=REASON, actor=first)
    assert (hold.scope, hold.record, hold.label) == ("partnership", active.partnership.pk, str(active.partnership))
    with pytest.raises(ValidationError) as refused:
        lift_hold(hold=hold, reason="It is over", actor=first)
    assert code_of(refused) == {"two_people"}
    with pytest.raises(ValidationError):
        lift_hold(hold=hold, reason="  ", actor=second)
    lifted = lift_hold(hold=hold, reason="It is over", actor=second)
    assert (lifted.lifted_by, lifted.lifted_because) == (second, "It is over")
    with pytest.raises(ValidationError) as again:
        lift_hold(hold=hold, reason="Again", actor=second)
    assert code_of(again) == {"lifted"}
    actions = list(AuditEntry.objects.filter(object_type="retention.legalhold").values_list("action", "after__reason"))
    assert actions == [("lifted a legal hold", None), ("issued a legal hold", REASON)]


@pytest.mark.parametrize("covers", ["partnership:0", "partnership:", "partnership:x", "country:1", "", "office:1x"])
def test_a_hold_on_no_record_is_refused(active: Active, first: User, covers: str) -> None:
    if covers.startswith("office"):
        assert issue_hold(covers=covers, reason=REASON, actor=first).record is None
        return
    with pytest.raises(ValidationError):
        issue_hold(covers=covers, reason=REASON, actor=first)
    assert not LegalHold.objects.exists()


def test_only_administrators_issue_and_lift(active: Active, first: User) -> None:
    hold = issue_hold(covers="office", reason=REASON, actor=first)
    for actor in (active.stage.analyst, active.stage.approver):
        with pytest.raises(PermissionDenied):
            issue_hold(covers="office", reason=REASON, actor=actor)
        with pytest.raises(PermissionDenied):
            lift_hold(hold=hold, reason="-", actor=actor)


def test_the_database_holds_a_hold(first: User, second: User) -> None:
    hold = issue_hold(covers="office", reason=REASON, actor=first)
    over = {"lifted_at": timezone.now(), "lifted_because": "It is over"}
    rows = LegalHold.objects.filter(pk=hold.pk)
    for values in (
        {"reason": "Another"},
        {"record": 1},
        {"lifted_by": first, **over},  # by the same person
        {"lifted_by": second, "lifted_at": over["lifted_at"]},  # without a reason
        over,
    ):
        with owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**values)
    with owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    with pytest.raises(IntegrityError, match="begins in force"), transaction.atomic():
        LegalHold.objects.create(scope="office", label="x", reason="x", issued_by=first, lifted_by=second, **over)
    rows.update(lifted_by=second, **over)
    with owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        rows.update(lifted_because="Another reason")
    with owner_rights(), pytest.raises(DatabaseError), transaction.atomic():
        rows.update(lifted_by=None, lifted_at=None, lifted_because="")


def test_a_hold_lifted_or_issued_by_sql_is_in_the_trail(first: User, second: User) -> None:
    hold = LegalHold.objects.create(scope="office", label="x", reason=REASON, issued_by=first)
    committed()
    sql(
        "UPDATE retention_legalhold SET lifted_by_id = %s, lifted_at = now(), lifted_because = 'x' WHERE id = %s",
        second.pk,
        hold.pk,
    )
    sql(
        "INSERT INTO retention_legalhold (scope, label, reason, issued_by_id, lifted_because) "
        "VALUES ('office', 'x', 'x', %s, '')",
        first.pk,
    )
    lifted, issued = [entry for entry in entries("retention.legalhold") if entry.action == OUTSIDE]
    assert (lifted.object_id, lifted.after) == (str(hold.pk), {"lifted_by_id": second.pk})
    assert issued.after["issued_by_id"] == first.pk


def test_old_events_are_removed_and_a_cursor_from_before_them_has_ended(active: Active) -> None:
    age(31)
    with connection.cursor() as cursor:
        epoch = epoch_of(cursor)
    rows = list(Change.objects.order_by("xid", "id"))
    stays = len(rows) // 2
    with unguarded():
        Change.objects.filter(pk__gte=rows[stays].pk).update(at=timezone.now() - 29 * DAY)
    assert prune(timezone.now() - 30.5 * DAY) == stays
    assert list(Change.objects.order_by("xid", "id").values_list("pk", flat=True)) == [row.pk for row in rows[stays:]]
    last = FeedPosition(rows[stays - 1].xid, rows[stays - 1].pk)
    assert pruned_to() == last
    assert position_of(last.text(epoch)) == last, "who has read the last of them has missed nothing"
    with pytest.raises(EndedCursor):
        position_of(FeedPosition(rows[stays - 2].xid, rows[stays - 2].pk).text(epoch))
    assert position_of("") == FeedPosition(0, 0)
    assert prune(timezone.now() - 30.5 * DAY) == 0
    assert pruned_to() == last


@pytest.mark.parametrize("days", [0, LEAST_DAYS - 0.01, -1])
def test_young_events_stay_whatever_is_asked(active: Active, days: float) -> None:
    age(400)
    count = Change.objects.count()
    with pytest.raises(IntegrityError, match="of the last 30 days are not removed"), transaction.atomic():
        prune(timezone.now() - days * DAY)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Change.objects.all()._raw_delete("default")
    age(29)
    with owner_rights(), pytest.raises(IntegrityError, match="too young"), transaction.atomic():
        Change.objects.all()._raw_delete("default")
    assert Change.objects.count() == count


def test_a_hold_on_a_partnership_keeps_its_events_and_the_log(active: Active, first: User, second: User) -> None:
    """Check the disposal and, past it, the database itself."""
    other = active.stage.draft("KEN")
    age(400)
    hold = issue_hold(covers=f"partnership:{active.partnership.pk}", reason=REASON, actor=first)
    its = Change.objects.filter(partnership=active.partnership.pk).count()
    assert its > 3
    delivery = _delivery(active.stage.analyst)
    assert "changes" in dispose_of_what_is_over()
    assert set(Change.objects.values_list("partnership", flat=True)) == {active.partnership.pk}
    assert Change.objects.count() == its
    assert not Change.objects.filter(partnership=other.pk).exists()
    assert WebhookDelivery.objects.filter(pk=delivery.pk).exists(), "the log names no record, so any hold covers it"
    for rows in (Change.objects.all(), WebhookDelivery.objects.all()):
        with owner_rights(), pytest.raises(IntegrityError, match="A legal hold covers it"), transaction.atomic():
            rows._raw_delete("default")
    lift_hold(hold=hold, reason="It is over", actor=second)
    assert dispose_of_what_is_over() == {"changes": its, "deliveries": 1}
    assert not Change.objects.exists()
    last = [(row.name, row.rows) for row in Disposal.objects.order_by("-pk")[:2]]
    assert last == [("deliveries", 1), ("changes", its)]


def test_a_hold_on_the_office_keeps_everything(active: Active, first: User) -> None:
    age(400)
    _delivery(active.stage.analyst)
    issue_hold(covers="office", reason=REASON, actor=first)
    assert dispose_of_what_is_over() == {}
    assert (Disposal.objects.count(), WebhookDelivery.objects.count()) == (0, 1)


def _delivery(owner: User) -> WebhookDelivery:
    webhook = create_webhook(owner=owner, name="x", url="https://a.example/", scopes=["partnerships:read"]).webhook
    return WebhookDelivery.objects.create(
        webhook=webhook, event=1, kind="x", message="m", attempt=1, outcome=DeliveryOutcome.ACCEPTED, milliseconds=1,
        at=timezone.now() - 31 * DAY,
    )  # fmt: skip


def test_what_is_over_is_removed_to_the_day(active: Active, settings: Settings) -> None:
    now = timezone.now()
    for key, days in (("over", 1.001), ("open", 0.999), ("future", -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now - days * DAY)
    assert dispose_of_what_is_over(now) == {"sessions": 1}
    assert set(Session.objects.values_list("session_key", flat=True)) == {"open", "future"}
    settings.SESSIONS_RETAINED_DAYS = 0
    assert dispose_of_what_is_over(now + 30 * DAY) == {}, "0 is never"


def test_a_webhook_that_stopped_before_what_is_removed_is_stopped(active: Active) -> None:
    analyst = active.stage.analyst
    made = create_webhook(owner=analyst, name="x", url="https://a.example/", scopes=["partnerships:read"]).webhook
    age(400)
    with unguarded():
        Webhook.objects.filter(pk=made.pk).update(xid=1)
    assert prune(timezone.now() - 100 * DAY) > 0
    deliver(made.pk)
    made.refresh_from_db()
    assert made.stopped_because == StopReason.PRUNED
    started = start_webhook(webhook_id=made.pk, actor=analyst)
    assert FeedPosition(started.xid, started.event) >= pruned_to()


def test_marks_of_another_database_do_not_count(active: Active) -> None:
    age(400)
    prune(timezone.now() - 100 * DAY)
    assert pruned_to() > FeedPosition(0, 0)
    with unguarded():
        PrunedChanges.objects.update(epoch="0" * 16)
    assert pruned_to() == FeedPosition(0, 0)


def test_the_pages_show_holds_and_let_another_administrator_lift_one(active: Active, first: User, second: User) -> None:
    client = client_of(first)
    covers = f"partnership:{active.partnership.pk}"
    assert send(client, "/system/retention/hold/", covers=covers, reason=REASON).status_code == 302
    hold = LegalHold.objects.get()
    text = page_text(client.get("/system/retention/"))
    assert REASON in text
    assert "Another administrator lifts it" in text
    own = page_text(client.get(f"/system/retention/hold/{hold.pk}/lift/"))
    assert "You issued this hold" in own
    assert send(client, f"/system/retention/hold/{hold.pk}/lift/", reason="Over").status_code == 422
    assert send(client_of(second), f"/system/retention/hold/{hold.pk}/lift/", reason="Over").status_code == 302
    assert "No legal hold is in force" in page_text(client.get("/system/retention/"))
