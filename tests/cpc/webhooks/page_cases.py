"""Page cases for the webhooks room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from cpc.people.demo import PASSWORD
from tests.cpc import records
from tests.support.page_cases import (
    ADDS,
    ADMINISTRATOR,
    ANALYST,
    BOTH,
    EMPTY,
    PROGRAM,
    SAME,
    VIEWER,
    Look,
    PageCase,
    fill,
    press,
    refused,
    tick,
    wait_for,
)

CASES = (
    PageCase(
        "webhooks",
        Look("webhooks", roles=(*VIEWER, *PROGRAM, Role.APPROVER, Role.REVIEWER, Role.ADMINISTRATOR)),
        Look("webhooks", roles=PROGRAM, states=(EMPTY,)),
        refused("webhooks", "Create the webhook", roles=VIEWER),
        Look(
            "webhook-created",
            roles=ANALYST,
            actions=(
                fill("What it is for", "Copy of the portfolio"),
                fill("URL of the receiver", "https://receiver.example/changes"),
                tick("Read partnerships, their money, and their results"),
                fill("Your password", PASSWORD),
                press("Create the webhook"),
                wait_for("Copy the secret now"),
            ),
        ),
        second_writer=ADDS,
    ),
    PageCase("webhooks-all", Look("webhooks-of-all", roles=ADMINISTRATOR, states=BOTH)),
    PageCase(
        "webhook",
        Look("webhook-failing", lambda scene: {"pk": scene.webhooks[0].pk}, VIEWER),
        Look("webhook-stopped", lambda scene: {"pk": scene.webhooks[1].pk}, ADMINISTRATOR),
        Look("webhook-new", lambda scene: {"pk": scene.webhooks[2].pk}, ANALYST),
        url=records.webhook_of_the_viewer,
    ),
    PageCase(
        "webhook-secret",
        Look("webhook-secret", lambda scene: {"pk": scene.webhooks[0].pk}, VIEWER),
        Look(
            "webhook-secret-shown",
            lambda scene: {"pk": scene.webhooks[0].pk},
            VIEWER,
            actions=(
                fill("Your password", PASSWORD),
                press("Show another secret"),
                wait_for("Copy the secret now"),
            ),
        ),
        url=records.webhook_of_the_viewer,
        second_writer="only the owner can do it, and each gets another secret",
    ),
    PageCase(
        "webhook-stop",
        Look("webhook-stop", lambda scene: {"pk": scene.webhooks[0].pk}, VIEWER),
        Look("webhook-stop-again", lambda scene: {"pk": scene.webhooks[1].pk}, ADMINISTRATOR),
        url=records.webhook_of_the_viewer,
        second_writer=SAME,
    ),
    PageCase(
        "webhook-start",
        Look("webhook-start", lambda scene: {"pk": scene.webhooks[1].pk}, PROGRAM),
        Look("webhook-start-again", lambda scene: {"pk": scene.webhooks[0].pk}, VIEWER),
        url=records.webhook_of_the_viewer,
        second_writer=SAME,
    ),
)
