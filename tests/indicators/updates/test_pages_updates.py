"""Pages of updates: what a person ticks, sees, and publishes, and what two people do at once."""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from indicators.imports.publishing import publish
from indicators.models import Import, ImportState, Publication, Update
from indicators.updates.queries import files_of
from selection.models import CountryScore, ScoreRun, UpdateEffect
from tests.support.accounts import make_account
from tests.support.updates import received, tier_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.world("ranking")]


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.RANKING_FOLLOWS_DATA = False


@pytest.fixture
def analyst(client: Client) -> Client:
    client.force_login(make_account(Role.ANALYST))
    return client


@pytest.fixture
def update(analyst: Client, ranking: ScoreRun) -> Update:
    """Drop two files: one changes the tiers of the first countries, one an earlier tier."""
    rows = CountryScore.objects.filter(run=ranking, rank__lte=5).select_related("country")
    sent = [
        tier_file("tiers_2025.csv", *((2025, row.country.code, row.country.name, "Tier 3") for row in rows)),
        tier_file("tiers_2002.csv", (2002, "GHA", "Ghana", "Tier 2")),
    ]
    files = [SimpleUploadedFile(one.name, b"".join(one.chunks)) for one in sent]
    answer = analyst.post(reverse("updates"), {"sent": files, "idempotency_key": new_key()})
    made = Update.objects.get()
    assert answer.url == reverse("update", args=[made.pk])  # type: ignore[attr-defined]  # a redirect
    return made


def text_of(client: Client, update: Update) -> str:
    page = client.get(reverse("update", args=[update.pk])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def form_of(client: Client, update: Update, **changes: Any) -> dict[str, Any]:
    """Return the form as the page of the update sends it."""
    context = client.get(reverse("update", args=[update.pk])).context
    sent = {
        "imports": list(context["files"].ticked),
        "shown": context["shown"],
        "number": context["number"],
        "revision": context["update"].current_revision(),
    }
    return sent | changes


def press(client: Client, name: str, update: Update, sent: dict[str, Any]) -> str:
    answer = client.post(reverse(name, args=[update.pk]), sent, follow=True)
    assert answer.status_code == HTTPStatus.OK
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def published() -> int:
    return Import.objects.filter(state=ImportState.PUBLISHED, via="upload").count()


def test_the_effect_is_there_once_the_files_are_read(analyst: Client, update: Update) -> None:
    page = text_of(analyst, update)
    assert "If you publish these two files" in page
    assert "Two files, two ready" in page
    assert "Publish 2 files together" in page
    assert "No one moves in or out" in page


def test_other_ticks_than_those_of_the_effect_publish_nothing(analyst: Client, update: Update) -> None:
    sent = form_of(analyst, update)
    sent["imports"] = sent["imports"][1:]
    page = press(analyst, "update-publish", update, sent)
    assert "Nothing was published, because you ticked other files." in page
    assert published() == 0
    assert files_of(update).ticked == tuple(sent["imports"])
    assert UpdateEffect.objects.count() == 2
    page = press(analyst, "update-publish", update, form_of(analyst, update))
    assert "1 file was published together, as number" in page
    assert published() == 1
    assert len(files_of(update).ready) == 1


def test_without_a_tick_there_is_nothing_to_publish(analyst: Client, update: Update) -> None:
    page = press(analyst, "update-effect", update, form_of(analyst, update, imports=[]))
    assert "No file is ticked." in page
    assert "Publish 2 files together" not in page


def test_what_someone_published_meanwhile_is_named_and_computed_again(analyst: Client, update: Update) -> None:
    opened = form_of(analyst, update)
    other = received(tier_file("tiers_2003.csv", (2003, "GHA", "Ghana", "Tier 2")), actor=None)
    publish(batch_id=files_of(other).ticked[0], actor=None)
    page = text_of(analyst, update)
    assert "Trafficking in Persons Report 2003 was published on" in page
    assert "Compute it again" in page
    assert "Publish 2 files together" not in page
    page = press(analyst, "update-publish", update, opened)
    assert "Nothing was published, because someone published other data after you opened this page." in page
    assert "Publish 2 files together" in page
    page = press(analyst, "update-publish", update, form_of(analyst, update))
    assert "2 files were published together" in page


def test_two_people_see_who_was_first(analyst: Client, update: Update) -> None:
    second = Client()
    second.force_login(make_account(Role.ANALYST, username="second"))
    seen, other = form_of(analyst, update), form_of(second, update)
    assert "2 files were published together" in press(analyst, "update-publish", update, seen)
    page = press(second, "update-publish", update, other)
    assert "These files were already published. Nothing changed." in page
    assert Publication.objects.filter(batch__update_files__update=update).count() == 2
    page = text_of(analyst, update)
    assert "2 files published" in page


def test_files_are_added_and_discarded(analyst: Client, update: Update) -> None:
    one = tier_file("tiers_2004.csv", (2004, "GHA", "Ghana", "Tier 1"))
    file = SimpleUploadedFile(one.name, b"".join(one.chunks))
    page = press(analyst, "update-add", update, {"sent": [file]})
    assert "1 file was received." in page
    assert "If you publish these three files" in page
    page = press(analyst, "update-discard", update, {})
    assert "3 files were discarded. Nothing was published." in page
    assert published() == 0


def test_the_ranks_are_a_file(analyst: Client, update: Update, ranking: ScoreRun) -> None:
    answer = analyst.get(reverse("update-ranks", args=[update.pk]), {"format": "csv"})
    lines = answer.getvalue().decode().splitlines()
    ranked = CountryScore.objects.filter(run=ranking, rank__isnull=False).count()
    assert "Rank now" in lines[0]
    assert len(lines) == ranked + 1
