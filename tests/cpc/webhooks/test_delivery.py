"""Delivery of webhooks: signed, in order, at least once, to public addresses alone, as long as the account may read."""

from __future__ import annotations

import datetime as dt
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.changes import queries
from cpc.changes.cursors import LARGEST, START
from cpc.changes.models import Change
from cpc.notifications.models import Notification
from cpc.webhooks import delivery, sending, services, signing
from cpc.webhooks.models import DeliveryOutcome, StopReason, Webhook, WebhookDelivery
from tests.cpc.webhooks.receivers import Receiver, drip, hang, receiving
from tests.support.accounts import make_account, set_by_owner
from tests.support.unguarded import unguarded
from tests.worlds.partnerships.build import Active

SCOPES = ["partnerships:read"]


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read as if every transaction had ended, that of the test too."""
    monkeypatch.setattr(queries, "HORIZON", f"'{LARGEST}'::xid8")


def webhook_of(owner: User, receiver: Receiver, **options: Any) -> services.CreatedWebhook:
    """Create a webhook that is sent every event that is in the feed now."""
    values: dict[str, Any] = {"name": "Copy", "url": receiver.url, "scopes": SCOPES} | options
    made = services.create_webhook(owner=owner, **values)
    Webhook.objects.filter(pk=made.webhook.pk).update(xid=0, event=0)
    return made


def due(webhook: Webhook) -> Webhook:
    Webhook.objects.filter(pk=webhook.pk).update(next_at=timezone.now())
    return Webhook.objects.get(pk=webhook.pk)


def outcomes(webhook: Webhook) -> list[str]:
    return list(WebhookDelivery.objects.filter(webhook=webhook).order_by("pk").values_list("outcome", flat=True))


# ---- messages ------------------------------------------------------------------------------------------------------


def test_a_signature_is_that_of_the_specification() -> None:
    """The example that implementations of the specification share."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # public
    message, timestamp, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    assert signing.signature(secret, message, timestamp, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.django_db
def test_every_event_arrives_once_in_order_and_signed(active: Active, ended: None, receiver: Receiver) -> None:
    owner = active.stage.analyst
    made = webhook_of(owner, receiver)
    accepted = delivery.deliver(made.webhook.pk)
    owner.narrow(frozenset(active.stage.analyst.role_permissions))
    expected = Change.objects.filter(permission="VIEW_PARTNERSHIPS").order_by("xid", "id")
    assert accepted == len(receiver.messages) == expected.count() > 50
    assert [event["id"] for event in receiver.events] == list(expected.values_list("pk", flat=True))
    assert len(set(receiver.ids)) == accepted
    library = Verifier(made.secret)
    for headers, body in receiver.messages:
        assert library.verify(body, headers) == json.loads(body)
        with pytest.raises(WebhookVerificationError):
            library.verify(body.replace(b"partnership", b"Partnership"), headers)
        assert len(body) < 20_000
        message = json.loads(body)
        assert set(message) == {"type", "timestamp", "data"}
        assert message["type"] == message["data"]["kind"]
    assert delivery.deliver(made.webhook.pk) == 0


@pytest.mark.django_db
def test_both_secrets_sign_for_a_day(active: Active, ended: None, receiver: Receiver) -> None:
    made = webhook_of(active.stage.analyst, receiver, kinds=["partnership.added"])
    rotated = services.rotate_secret(webhook_id=made.webhook.pk, actor=active.stage.analyst)
    assert rotated.secret != made.secret
    delivery.deliver(made.webhook.pk)
    [(headers, body)] = receiver.messages
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (made.secret, rotated.secret):
        assert Verifier(secret).verify(body, headers) == json.loads(body)
    current = Webhook.objects.get(pk=made.webhook.pk)
    assert len(current.seeds(timezone.now() + dt.timedelta(hours=23, minutes=59))) == 2
    assert current.seeds(timezone.now() + dt.timedelta(days=1)) == [current.seed]


@pytest.mark.django_db
def test_the_secret_is_neither_in_the_database_nor_the_same_with_another_key(
    active: Active, receiver: Receiver, settings: Settings
) -> None:
    made = webhook_of(active.stage.analyst, receiver)
    assert made.secret.removeprefix("whsec_") not in str(Webhook.objects.filter(pk=made.webhook.pk).values())
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of the site" * 4, [old]
    assert signing.secrets_of([made.webhook.seed])[1:] == [made.secret]


# ---- receivers that fail -------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (500, DeliveryOutcome.REJECTED),
        (404, DeliveryOutcome.REJECTED),
        (302, DeliveryOutcome.REDIRECTED),
        (307, DeliveryOutcome.REDIRECTED),
        (hang, DeliveryOutcome.TIMED_OUT),
        (drip, DeliveryOutcome.TIMED_OUT),
    ],
)
def test_what_is_not_accepted_is_sent_again_later_and_nothing_overtakes_it(
    active: Active, ended: None, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, answer: Any, outcome: str
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    made = webhook_of(active.stage.analyst, receiver, kinds=["partnership.added", "partnership.status_changed"])
    receiver.answer = answer
    assert delivery.deliver(made.webhook.pk) == 0
    assert outcomes(made.webhook) == [outcome]
    assert delivery.deliver(made.webhook.pk) == 0, "it is not due yet"
    current = Webhook.objects.get(pk=made.webhook.pk)
    assert current.failures == 1
    assert dt.timedelta(seconds=3) < current.next_at - timezone.now() < dt.timedelta(seconds=7)
    receiver.answer = 200
    due(made.webhook)
    assert delivery.deliver(made.webhook.pk) == 6
    assert receiver.ids[0] == receiver.ids[1]
    assert len(set(receiver.ids)) == 6
    assert Webhook.objects.get(pk=made.webhook.pk).failures == 0


@pytest.mark.django_db
def test_a_receiver_that_is_not_there_is_tried_again(active: Active, ended: None, receiver: Receiver) -> None:
    made = webhook_of(active.stage.analyst, receiver)
    with unguarded():
        Webhook.objects.filter(pk=made.webhook.pk).update(url="https://receiver.example:1/")
    assert delivery.deliver(made.webhook.pk) == 0
    assert outcomes(made.webhook) == [DeliveryOutcome.UNREACHABLE]


@pytest.mark.django_db
def test_a_certificate_of_somebody_else_gets_nothing(
    active: Active, ended: None, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ssl

    monkeypatch.setattr(sending, "CONTEXT", ssl.create_default_context())
    made = webhook_of(active.stage.analyst, receiver)
    assert delivery.deliver(made.webhook.pk) == 0
    assert outcomes(made.webhook) == [DeliveryOutcome.INSECURE]
    assert receiver.messages == []


@pytest.mark.django_db
def test_gone_stops_at_once_and_the_owner_is_notified(active: Active, ended: None, receiver: Receiver) -> None:
    owner = active.stage.analyst
    made = webhook_of(owner, receiver)
    receiver.answer = 410
    assert delivery.deliver(made.webhook.pk) == 0
    current = Webhook.objects.get(pk=made.webhook.pk)
    assert current.stopped_because == StopReason.GONE
    [notification] = Notification.objects.filter(recipient=owner, kind="webhooks.stopped")
    assert "410" in notification.text
    receiver.answer = 200
    due(made.webhook)
    assert delivery.deliver(made.webhook.pk) == 0, "a stopped webhook is sent nothing"
    services.start_webhook(webhook_id=made.webhook.pk, actor=owner)
    assert delivery.deliver(made.webhook.pk) > 50
    assert receiver.ids[0] == receiver.ids[1], "it goes on where it stopped"


@pytest.mark.django_db
def test_five_days_of_failures_stop_it_and_one_second_less_does_not(
    active: Active, ended: None, receiver: Receiver
) -> None:
    made = webhook_of(active.stage.analyst, receiver)
    receiver.answer = 503
    for age, reason in (
        (delivery.GIVE_UP_AFTER - dt.timedelta(seconds=10), ""),
        (delivery.GIVE_UP_AFTER, StopReason.FAILING.value),
    ):
        now = timezone.now()
        Webhook.objects.filter(pk=made.webhook.pk).update(failing_since=now - age, next_at=now, failures=20)
        delivery.deliver(made.webhook.pk)
        assert Webhook.objects.get(pk=made.webhook.pk).stopped_because == reason
    assert Notification.objects.filter(kind="webhooks.stopped").count() == 1


def test_delays_grow_to_half_a_day_and_differ() -> None:
    spans = [[delivery.delay_after(number).total_seconds() for _ in range(50)] for number in range(14)]
    assert [min(span) >= 0.8 * seconds for span, seconds in zip(spans, delivery.DELAYS, strict=False)] == [True] * 10
    assert max(spans[13]) <= 1.2 * delivery.DELAYS[-1]
    assert all(len(set(span)) > 1 for span in spans)


# ---- addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not sending.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_not(address: str) -> None:
    assert sending.is_public(address)


def test_a_name_is_resolved_once_and_every_address_of_it_has_to_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads to a private address after it was checked gains nothing: it is not looked up again."""
    asked: list[str] = []
    connected: list[tuple[str, int]] = []
    answers = [["8.8.8.8"], ["127.0.0.1"]]

    def find(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in answers[len(asked) - 1]]

    def connect(address: tuple[str, int], **_: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", find)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert sending.post("https://rebinding.example/", b"{}", {}).outcome is DeliveryOutcome.UNREACHABLE
    assert (asked, connected) == (["rebinding.example"], [("8.8.8.8", 443)])
    assert sending.post("https://rebinding.example/", b"{}", {}).outcome is DeliveryOutcome.BLOCKED
    answers[0], asked[:] = ["8.8.8.8", "169.254.169.254"], []
    assert sending.post("https://mixed.example/", b"{}", {}).outcome is DeliveryOutcome.BLOCKED
    assert connected == [("8.8.8.8", 443)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/",
        "ftp://receiver.example/",
        "https://",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://metadata.google.internal/",
        "https://user:secret@receiver.example/",
        "https://receiver.example/#part",
        "https://receiver.example:0/",
        "https://receiver.example:99999/",
        "not a url",
    ],
)
def test_a_url_that_cannot_be_a_public_receiver_is_named_at_its_field(url: str) -> None:
    owner = make_account(Role.ANALYST)
    with pytest.raises(ValidationError) as caught:
        services.create_webhook(owner=owner, name="Copy", url=url, scopes=SCOPES)
    assert list(caught.value.message_dict) == ["url"]


# ---- who is sent what ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_account_is_sent_what_it_may_read_at_the_time_of_the_message(
    active: Active, ended: None, receiver: Receiver
) -> None:
    owner = make_account(Role.API_CLIENT)
    made = webhook_of(owner, receiver, scopes=["rankings:read"])
    delivery.deliver(made.webhook.pk)
    assert {event["subject"] for event in receiver.events} == {"scoring_model", "pool_policy"}
    with pytest.raises(ValidationError):
        services.create_webhook(owner=owner, name="More", url=receiver.url, scopes=["partnerships:write"])


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"is_active": False}, {"role": Role.VIEWER}, {"password": "another"}])
def test_another_role_password_or_end_of_access_stops_its_webhooks(
    active: Active, ended: None, receiver: Receiver, values: dict[str, Any]
) -> None:
    owner = make_account(Role.API_CLIENT)
    made = webhook_of(owner, receiver)
    set_by_owner(User.objects.filter(pk=owner.pk), **values)
    assert Webhook.objects.get(pk=made.webhook.pk).stopped_because == StopReason.ACCOUNT
    assert delivery.deliver(made.webhook.pk) == 0
    assert receiver.messages == []


@pytest.mark.django_db
def test_another_account_can_neither_see_start_nor_rotate_it(active: Active, receiver: Receiver) -> None:
    made = webhook_of(active.stage.analyst, receiver)
    other, administrator = make_account(Role.VIEWER), make_account(Role.ADMINISTRATOR)
    for service in (services.rotate_secret, services.stop_webhook, services.start_webhook):
        with pytest.raises(Webhook.DoesNotExist):
            service(webhook_id=made.webhook.pk, actor=other)
    with pytest.raises(PermissionDenied):
        services.rotate_secret(webhook_id=made.webhook.pk, actor=administrator)
    services.stop_webhook(webhook_id=made.webhook.pk, actor=administrator)
    with pytest.raises(PermissionDenied):
        services.start_webhook(webhook_id=made.webhook.pk, actor=administrator)


@pytest.mark.django_db
def test_an_account_has_at_most_ten_running_webhooks(active: Active, receiver: Receiver) -> None:
    owner = active.stage.analyst
    made = [webhook_of(owner, receiver) for _ in range(services.MOST)]
    with pytest.raises(ValidationError) as caught:
        webhook_of(owner, receiver)
    assert caught.value.code == "too_many"
    services.stop_webhook(webhook_id=made[0].webhook.pk, actor=owner)
    webhook_of(owner, receiver)


@pytest.mark.django_db
def test_a_restored_database_stops_it_until_the_receiver_has_read_everything(
    active: Active, ended: None, receiver: Receiver
) -> None:
    owner = active.stage.analyst
    made = webhook_of(owner, receiver)
    Webhook.objects.filter(pk=made.webhook.pk).update(epoch="0" * 16)
    assert delivery.deliver(made.webhook.pk) == 0
    assert Webhook.objects.get(pk=made.webhook.pk).stopped_because == StopReason.RESTORED
    services.start_webhook(webhook_id=made.webhook.pk, actor=owner)
    assert delivery.deliver(made.webhook.pk) == 0, "it goes on from now"
    assert receiver.messages == []


# ---- workers that die ----------------------------------------------------------------------------------------------

WORKER = """
import django, os, signal
django.setup()
from cpc.webhooks import delivery, sending
from cpc.webhooks.models import DeliveryOutcome
def die(*_):
    print("SENT", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
sending.post = die
delivery.deliver({key})
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.world("active")
def test_what_a_dead_worker_had_sent_is_sent_again_under_the_same_id(contents: Active, receiver: Receiver) -> None:
    from tests.support.services import database_environment, wait_until

    owner = contents.stage.analyst
    made = webhook_of(owner, receiver, kinds=["partnership.added"])
    reader = queries.reader_of(owner)
    wait_until(
        lambda: bool(queries.read(reader, START, 1, queries.Wanted(["partnership.added"])).changes),
        "the end of older transactions",
        120,
    )
    environment = database_environment(DJANGO_SETTINGS_MODULE="cpc.settings", CPC_ENV="test", REDIS_URL="")
    done = subprocess.run(
        [sys.executable, "-c", WORKER.format(key=made.webhook.pk)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "SENT\n"), done.stderr
    assert delivery.deliver(made.webhook.pk) == 1
    change = Change.objects.get(kind="partnership.added")
    assert receiver.ids == [f"msg_{made.webhook.pk}_{change.pk}"]
    assert delivery.deliver(made.webhook.pk) == 0
