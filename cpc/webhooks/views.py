"""Pages of webhooks, for every account of the REST interface, accounts of programs included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.parameters import check_parameters
from cpc.web import tables
from cpc.web.actions import ActionView, Breadcrumbs, Page
from cpc.webhooks import services
from cpc.webhooks.forms import SecretForm, WebhookForm
from cpc.webhooks.models import StopReason, Webhook
from cpc.webhooks.presenters import ALL_WEBHOOKS, LOG, OWN_WEBHOOKS, state_of
from cpc.webhooks.services import CreatedWebhook

FROM_NOW: Mapping[str, str] = {
    StopReason.RESTORED: "It goes on from now, because the database was restored. Let the receiver read everything "
    "again first.",
    StopReason.PRUNED: "It goes on from now, because the changes since it stopped are no longer stored. Let the "
    "receiver read everything again first.",
}


class WebhookAction(ActionView):
    """A form about webhooks."""

    permission = Permission.USE_API
    back = "webhooks"

    @classmethod
    def guard(cls, view: Page) -> Page:
        guarded = never_cache(requires(cls.permission, pages=False)(view))
        return sensitive_post_parameters("password")(guarded)

    def breadcrumbs(self) -> Breadcrumbs:
        return [("Home", reverse("home")), ("Webhooks", reverse("webhooks"))]


class CreateWebhook(WebhookAction):
    """The account's own webhooks, and the form to create another. The response to it shows the secret once."""

    form_class = WebhookForm
    template_name = "account/webhooks/webhooks.html"
    consequence = "No webhook was created."
    already_done = "This webhook was already created, and its secret was shown then. If you lost it, ask for another."
    created: CreatedWebhook | None = None

    def form_arguments(self) -> dict[str, Any]:
        return {"issuer": self.actor, "request": self.request}

    def perform(self, values: Mapping[str, Any]) -> None:
        self.created = services.create_webhook(owner=self.actor, **values)

    def respond(self, url: str, is_new: bool) -> HttpResponseBase:
        if not is_new:
            return super().respond(url, is_new)
        self.form = WebhookForm(**self.form_arguments())
        return self.render()

    def get_context(self) -> dict[str, Any]:
        owner = self.actor
        return super().get_context() | {
            "created": self.created,
            "table": OWN_WEBHOOKS,
            "webhooks": Webhook.objects.filter(owner=owner),
            "manages": owner.allows(Permission.MANAGE_PEOPLE) and owner.allows(Permission.USE_PAGES),
        }


@require_safe
@requires(Permission.MANAGE_PEOPLE)
def all_webhooks(request: HttpRequest) -> HttpResponseBase:
    check_parameters(request, (tables.PAGE,))
    page = ALL_WEBHOOKS.page(request, Webhook.objects.select_related("owner"))
    return render(request, "account/webhooks/all.html", {"table": ALL_WEBHOOKS, "page": page})


@require_safe
@never_cache
@requires(Permission.USE_API, pages=False)
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a webhook with the log of its deliveries."""
    check_parameters(request, (tables.PAGE,))
    user = user_of(request)
    webhook = get_object_or_404(Webhook.objects.visible_to(user).select_related("owner"), pk=pk)
    context = {
        "webhook": webhook,
        "state": state_of(webhook),
        "is_own": webhook.owner_id == user.pk,
        "table": LOG,
        "page": LOG.page(request, webhook.deliveries.all()),
    }
    return render(request, "account/webhooks/webhook.html", context)


class OneWebhook(WebhookAction):
    """A form about one webhook."""

    back = "webhook"
    webhook: Webhook
    own_alone = True

    def load(self) -> None:
        rows = Webhook.objects.visible_to(self.actor).select_related("owner")
        if self.own_alone:
            rows = rows.filter(owner=self.actor)
        self.webhook = get_object_or_404(rows, pk=self.kwargs["pk"])
        self.kicker = f"Webhook “{self.webhook.name}”"

    def back_arguments(self) -> list[Any]:
        return [self.webhook.pk]

    def breadcrumbs(self) -> Breadcrumbs:
        return [*super().breadcrumbs(), (self.webhook.name, reverse("webhook", args=[self.webhook.pk]))]


class RotateSecret(OneWebhook):
    """Another secret. The response shows it once."""

    form_class = SecretForm
    template_name = "account/webhooks/secret.html"
    heading = "Another secret"
    button = "Show another secret"
    leave = "Cancel"
    intro = (
        "Enter it at the receiver within a day. Until then, each message carries a signature by both secrets, and "
        "after that by the new one alone."
    )
    consequence = "The secret stays as it is."
    already_done = "Another secret was already given, and shown then. If you lost it, ask again."
    rotated: CreatedWebhook | None = None

    def form_arguments(self) -> dict[str, Any]:
        return {"issuer": self.actor, "request": self.request}

    def perform(self, values: Mapping[str, Any]) -> None:
        self.rotated = services.rotate_secret(webhook_id=self.webhook.pk, actor=self.actor)

    def respond(self, url: str, is_new: bool) -> HttpResponseBase:
        return self.render() if is_new else super().respond(url, is_new)

    def get_context(self) -> dict[str, Any]:
        return super().get_context() | {"rotated": self.rotated}


class StopWebhook(OneWebhook):
    own_alone = False
    heading = "Stop the webhook?"
    here = "Stop"
    button = "Stop the webhook"
    leave = "Cancel"
    intro = "Nothing more is sent. What changes meanwhile waits until its owner starts it again."
    done = "The webhook is stopped."
    consequence = "The webhook still runs."

    def blocked_reason(self) -> str:
        if self.webhook.is_running:
            return ""
        return f"{StopReason(self.webhook.stopped_because).label}. Nothing is sent."

    def perform(self, values: Mapping[str, Any]) -> None:
        services.stop_webhook(webhook_id=self.webhook.pk, actor=self.actor)


class StartWebhook(OneWebhook):
    heading = "Start the webhook?"
    here = "Start"
    button = "Start the webhook"
    leave = "Cancel"
    done = "The webhook runs. What waits is sent within a minute."
    consequence = "The webhook is still stopped."

    def load(self) -> None:
        super().load()
        self.intro = FROM_NOW.get(
            self.webhook.stopped_because, "It goes on where it stopped: everything since is sent, in order."
        )

    def blocked_reason(self) -> str:
        return "This webhook runs already." if self.webhook.is_running else ""

    def perform(self, values: Mapping[str, Any]) -> None:
        services.start_webhook(webhook_id=self.webhook.pk, actor=self.actor)
