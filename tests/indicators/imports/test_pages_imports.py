"""Pages of imports and narratives: upload, preview, publish, and retract, by role, repeated, and concurrent."""

from __future__ import annotations

import csv
import io
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.api.run_once import new_key
from indicators.imports.forms import UploadForm
from indicators.imports.publishing import discard
from indicators.imports.queries import issue_groups, issues_of
from indicators.imports.receiving import receive_path
from indicators.models import Import, ImportState, Observation, Publication, SourceFile
from indicators.publications import effects
from indicators.publications.effects import Effect
from indicators.sources.base import Severity
from indicators.sources.documents import Limits
from tests.support.accounts import make_account
from tests.support.pages import a_narrative, previewed, published, tiers

pytestmark = pytest.mark.django_db
GOOD = tiers(("GHA", "Ghana", "Tier 2"), ("NER", "Niger", "Tier 1"))
MIXED = tiers(("GHA", "Ghana", "Tier 2"), ("", "Ruritania", "Tier 1"))


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def analyst(client: Client) -> Client:
    client.force_login(make_account(Role.ANALYST))
    return client


def send(client: Client, content: bytes, name: str = "tiers.csv", **more: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("imports"), {"file": file, "idempotency_key": new_key(), **more})


def page_of(client: Client, batch: Import, query: str = "") -> str:
    response = client.get(reverse("import", args=[batch.pk]) + query)
    assert response.status_code == HTTPStatus.OK, response.content[:500]
    return response.content.decode()


def post_action(client: Client, name: str, batch: Import, **data: str) -> str:
    """Post an action, follow the redirect, and return the resulting page."""
    response = client.post(reverse(name, args=[batch.pk]), {"idempotency_key": new_key(), **data}, follow=True)
    assert response.status_code == HTTPStatus.OK, response.content[:500]
    return response.content.decode()


def revision_of(client: Client, batch: Import) -> str:
    found: str = client.get(reverse("import", args=[batch.pk])).context["revision"]
    return found


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_read_previewed_published_and_taken_back(analyst: Client) -> None:
    response = send(analyst, MIXED.encode())
    batch = Import.objects.get()
    assert response.url == reverse("import", args=[batch.pk])
    page = " ".join(page_of(analyst, batch).split())
    for expected in ("Publish and leave out 1 row", "Ruritania", "Unknown country", "line 3", "Discard"):
        assert expected in page
    assert "was published as number 1: 1 new, 0 replaced, 1 rejected" in post_action(
        analyst, "import-publish", batch, revision=revision_of(analyst, batch)
    )
    assert "This import was already published" in post_action(analyst, "import-publish", batch)
    assert Publication.objects.count() == 1
    back = reverse("import-take-back", args=[batch.pk])
    refused = analyst.post(back, {"reason": "  "})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Nothing was taken back" in refused.content.decode()
    assert "Wrong year" in post_action(analyst, "import-take-back", batch, reason="Wrong year")
    assert "This import was already taken back" in post_action(analyst, "import-take-back", batch, reason="Wrong year")
    assert not Observation.objects.live().exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_file_again_changes_nothing_and_leads_to_the_import(analyst: Client) -> None:
    send(analyst, GOOD.encode())
    response = analyst.get(send(analyst, GOOD.encode(), "again.csv").url)
    assert "Nothing changed" in response.content.decode()
    assert Import.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_unreadable_file_gives_the_reason_and_can_be_read_as_another_source(analyst: Client) -> None:
    send(analyst, GOOD.encode(), source="cpi")
    batch = Import.objects.get()
    page = page_of(analyst, batch)
    assert batch.state == ImportState.FAILED
    for expected in (
        "could not be read",
        batch.error_code,
        "looks like Trafficking in Persons Report",
        "Nothing was imported",
    ):
        assert expected in page
    assert "Choose a source from the list" in post_action(analyst, "import-read", batch, source="nobody")
    assert "Check before publishing" in post_action(analyst, "import-read", batch, source="tip")
    assert "The file has already been read" in post_action(analyst, "import-read", batch)


@pytest.mark.parametrize(
    ("content", "data", "expected"),
    [
        (b"", {}, "This file is empty"),
        (None, {}, "Choose a file first"),
        (b"x", {"source": "nobody"}, "Source:"),
        (b"x", {"edition": "e" * 41}, "Edition:"),
    ],
)
def test_what_is_wrong_with_an_upload_is_in_the_form(
    analyst: Client, content: bytes | None, data: dict[str, str], expected: str
) -> None:
    files = {} if content is None else {"file": SimpleUploadedFile("a.csv", content)}
    response = analyst.post(reverse("imports"), {**files, **data})
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = response.content.decode()
    assert expected in page
    assert "Nothing was imported." in page
    assert not Import.objects.exists()


def test_a_file_over_the_limit_is_refused_before_it_is_copied() -> None:
    size = Limits().bytes + 1
    form = UploadForm({}, {"file": UploadedFile(io.BytesIO(b"x"), "huge.xlsx", size=size)})
    error = str(form.errors["file"][0])
    assert error.startswith("huge.xlsx is ")
    assert f"the limit is {Limits().bytes // 1024**2} MB" in error


def test_a_preview_that_another_publish_outdated_is_shown_again(analyst: Client, tmp_path: Path) -> None:
    mine = previewed(tmp_path, GOOD)
    before = revision_of(analyst, mine)
    published(tmp_path / "other", tiers(("GHA", "Ghana", "Tier 3")), "other.csv")
    assert "Other data were published after" in page_of(analyst, mine)
    page = post_action(analyst, "import-publish", mine, revision=before)
    assert "Nothing was published, because someone published another import" in page
    mine.refresh_from_db()
    assert (mine.state, mine.counts["new"], mine.counts["changed"]) == (ImportState.PREVIEW, 1, 1)
    # A second person still looks at the old counts, though the stored ones are fresh by now.
    assert "Nothing was published" in post_action(analyst, "import-publish", mine, revision=before)
    assert "Tier 3" in page_of(analyst, mine, "?show=changed")
    assert "was published as number 2" in post_action(
        analyst, "import-publish", mine, revision=revision_of(analyst, mine)
    )


def test_preview_survives_an_unrelated_publication(analyst: Client, tmp_path: Path) -> None:
    mine = previewed(tmp_path, GOOD)
    before = revision_of(analyst, mine)
    published(tmp_path / "other", tiers(("COL", "Colombia", "Tier 2")), "other.csv")
    assert "was published as number 2" in post_action(analyst, "import-publish", mine, revision=before)


def test_preview_lists_effects_of_publishing_from_all_apps(analyst: Client, tmp_path: Path) -> None:
    published(tmp_path, tiers(("GHA", "Ghana", "Tier 2"), flag="unconfirmed"), "weak.csv")
    batch = previewed(tmp_path, GOOD)

    def reported_effects(about: Import, user: User) -> list[Effect]:
        return [Effect(f"{user.username} hears of {about.edition}.")]

    effects.register("test", reported_effects)
    with pytest.raises(ValueError, match="already registered"):
        effects.register("test", reported_effects)
    page = page_of(analyst, batch)
    del effects._providers["test"]
    assert "analyst hears of 2023." in page
    assert "1 value will be added." in page
    assert "1 value will be replaced." in page
    assert "Same value, with higher quality or more detail" in page
    assert "hears of" not in page_of(analyst, batch)


def test_the_values_of_a_preview_are_filtered_and_paged(analyst: Client, tmp_path: Path) -> None:
    batch = previewed(tmp_path, GOOD)
    page = page_of(analyst, batch, "?q=NIG")
    assert "New: 1 value<" in page
    assert "No matching values" in page_of(analyst, batch, "?q=100%25")
    url = reverse("import", args=[batch.pk])
    assert analyst.get(f"{url}?page=2").status_code == HTTPStatus.NOT_FOUND
    assert analyst.get(f"{url}?show=magic").status_code == HTTPStatus.BAD_REQUEST


def test_discarding_happens_once_and_not_after_publishing(analyst: Client, tmp_path: Path) -> None:
    batch = previewed(tmp_path, GOOD)
    assert "discarded. Nothing was published" in post_action(analyst, "import-discard", batch)
    assert "was discarded" in post_action(analyst, "import-discard", batch)
    assert "only an import that is ready for review" in post_action(analyst, "import-publish", batch)
    other = published(tmp_path, MIXED, "other.csv")
    assert "take it back instead" in post_action(analyst, "import-discard", other)


def test_issues_are_exported_with_locator_and_remedy(analyst: Client, tmp_path: Path) -> None:
    batch = previewed(tmp_path, MIXED)
    url = reverse("import-issues", args=[batch.pk])
    response = analyst.get(f"{url}?format=csv&columns=file")
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # the response is streamed
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["Severity"], row["File"], row["Country in the file"]) == ("Rejected", "tiers.csv", "Ruritania")
    assert row["Location"]
    assert "map the name to a country" in row["What to do"]
    assert "No issues of this kind" in analyst.get(f"{url}?severity=note").content.decode()
    assert analyst.get(f"{url}?reason=luck").status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.django_db
def test_issues_are_in_the_order_of_the_file() -> None:
    batch = Import.objects.create(file=SourceFile.objects.create(sha256="a" * 64, name="b.xlsx"), file_name="b.xlsx")
    cells = [("B", 2, "A"), ("A", 10, "B"), ("A", 2, "AA"), ("A", 2, "Z"), ("A", None, ""), ("A", 10, "A")]
    for sheet, row, column in cells:
        batch.issues.create(severity="warning", reason="unreadable_number", sheet=sheet, row=row, column=column)
    found = [(issue.sheet, issue.row, issue.column) for issue in issues_of(batch)]
    assert found == [("A", None, ""), ("A", 2, "Z"), ("A", 2, "AA"), ("A", 10, "A"), ("A", 10, "B"), ("B", 2, "A")]
    (group,) = issue_groups(batch, Severity.WARNING)
    assert [(issue.sheet, issue.row, issue.column) for issue in group.issues] == found


def test_progress_is_a_fragment_until_the_file_is_read(analyst: Client, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD, encoding="utf-8")
    batch = receive_path(path=path, actor=None).batch
    url = reverse("import-progress", args=[batch.pk])
    page = page_of(analyst, batch)
    assert f'hx-get="{url}"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    fragment = analyst.get(url, headers={"HX-Request": "true"})
    assert b"<progress" in fragment.content
    assert b"<html" not in fragment.content
    discard(batch_id=batch.pk, actor=None)
    assert analyst.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert analyst.get(url).status_code == HTTPStatus.FOUND


@pytest.mark.parametrize("role", [Role.APPROVER, Role.REVIEWER, Role.VIEWER, Role.ADMINISTRATOR])
def test_others_see_what_was_published_and_can_do_nothing(client: Client, tmp_path: Path, role: Role) -> None:
    waiting, done = previewed(tmp_path, GOOD), published(tmp_path, MIXED, "done.csv")
    client.force_login(make_account(role))
    listed = client.get(reverse("imports")).content.decode()
    assert reverse("import", args=[done.pk]) in listed
    assert reverse("import", args=[waiting.pk]) not in listed
    assert 'type="file"' not in listed
    assert "Take it back" not in page_of(client, done)
    for name in ("import", "import-issues"):
        assert client.get(reverse(name, args=[waiting.pk])).status_code == HTTPStatus.NOT_FOUND
    for name in ("import-read", "import-compare", "import-publish", "import-discard", "import-take-back"):
        assert client.post(reverse(name, args=[done.pk])).status_code == HTTPStatus.FORBIDDEN
    assert send(client, b"x").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("name", ["import-read", "import-compare", "import-publish", "import-discard"])
def test_actions_need_post_and_guessed_keys_are_not_found(analyst: Client, name: str) -> None:
    url = reverse(name, args=[4711])
    assert analyst.get(url).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert analyst.post(url).status_code == HTTPStatus.NOT_FOUND


def test_the_start_page_asks_for_the_first_file_until_one_is_published(analyst: Client, tmp_path: Path) -> None:
    assert "Import the first file" in analyst.get("/").content.decode()
    previewed(tmp_path, GOOD)
    assert "Import the first file" not in analyst.get("/").content.decode()


def test_the_start_page_tells_an_analyst_what_waits(analyst: Client, tmp_path: Path) -> None:
    batch = previewed(tmp_path, MIXED)
    a_narrative(tmp_path)
    page = analyst.get(reverse("home")).content.decode()
    for expected in (
        "How current the data are",
        reverse("import", args=[batch.pk]),
        "Confirm what was read in 1 narrative",
    ):
        assert expected in page
    other = Client()
    other.force_login(make_account(Role.VIEWER))
    assert reverse("import", args=[batch.pk]) not in other.get(reverse("home")).content.decode()
