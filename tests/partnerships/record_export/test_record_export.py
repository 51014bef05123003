"""The ZIP of a partnership opens without the product, and has what its reader may see and nothing else."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry, Authorship
from cpc.formulas import FORMULA_STARTS
from partnerships.api_base.parts import PARTS, PartResource
from partnerships.models import Document, DocumentVersion, Risk
from partnerships.withheld import outside_of
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import END, Active

pytestmark = pytest.mark.django_db
BODY = b"%PDF- signed by both"
FORMULA = "=HYPERLINK(1)"


@pytest.fixture
def filled(active: Active) -> Active:
    """Add an award whose recipient is withheld outside, a risk that looks like a formula, and a file."""
    partnership = active.partnership
    active.stage.award(partnership)
    owner = partnership.participants.earliest("pk")
    Risk.objects.create(
        partnership=partnership,
        text=FORMULA,
        likelihood=1,
        impact=2,
        mitigation="<b>None</b>",
        owner=owner,
        review_on=END,
    )
    document = Document.objects.create(partnership=partnership, kind="instrument", title="Instrument")
    version = DocumentVersion(document=document, number=1, sha256=hashlib.sha256(BODY).hexdigest())
    version.file.save("signed.pdf", ContentFile(BODY), save=False)
    version.save()
    return active


def exported(active: Active, user: User) -> zipfile.ZipFile:
    response: Any = client_of(user).get(f"/partnerships/{active.partnership.pk}/record.zip")
    assert (response.status_code, response["Content-Type"]) == (200, "application/zip")
    assert response["Content-Disposition"].startswith('attachment; filename="partnership-')
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"data/{name}.csv").decode("utf-8-sig"))))


class Outline(HTMLParser):
    """The headers, links, and parts of the page that a reader without a mouse or eyes needs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.attributes.append((tag, found))
        self.ids |= {str(found["id"])} if found.get("id") else set()
        self.links += [str(found["href"])] if tag == "a" else []


def test_everything_is_there_and_the_manifest_proves_it(filled: Active) -> None:
    archive = exported(filled, filled.stage.analyst)
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["members"].keys() == set(archive.namelist()) - {"manifest.json"}
    for name, found in manifest["members"].items():
        data = archive.read(name)
        assert (found["size"], found["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest["left_out"] == []
    files = [name for name in archive.namelist() if name.startswith("files/")]
    assert BODY in [archive.read(name) for name in files]
    record = json.loads(archive.read("record.json"))
    assert record.keys() == {"partnership", *PARTS}
    history = table(archive, "history")
    assert {row["operation"] for row in history} >= {"insert", "update"}
    assert any(row["row_table"] == "partnerships_risk" for row in history)
    audited = table(archive, "audit_trail")
    assert {row["object_type"] for row in audited} >= {"partnerships.partnership", "partnerships.award"}


@pytest.mark.parametrize("role", [Role.ANALYST, Role.VIEWER])
def test_each_part_is_as_rest_has_it(filled: Active, role: Role) -> None:
    """Compare the record with the lists of REST, one by one, for who sees all and who does not."""
    user = filled.stage.analyst if role is Role.ANALYST else make_account(role)
    record = json.loads(exported(filled, user).read("record.json"))
    client = client_of(user)
    for name, part in PARTS.items():
        if isinstance(part, PartResource):
            answer = client.get(f"/api/v1/partnerships/{filled.partnership.pk}/{name}/")
            assert record[name] == answer.json()["results"], name


def test_what_is_withheld_is_in_nothing_that_a_viewer_gets(filled: Active) -> None:
    recipient = filled.partnership.awards.get().recipient
    outside = outside_of([filled.partnership.pk])
    assert outside.is_withheld(filled.partnership.pk, recipient)
    archive = exported(filled, make_account(Role.VIEWER))
    for name in archive.namelist():
        assert recipient.encode() not in archive.read(name), name
    assert not [name for name in archive.namelist() if name.startswith(("files/", "data/history", "data/audit"))]
    left_out = json.loads(archive.read("manifest.json"))["left_out"]
    assert [sentence.partition(":")[0] for sentence in left_out] == [
        "The audit trail of the record",
        "Files and earlier versions of each row",
    ]
    assert recipient.encode() in exported(filled, filled.stage.analyst).read("record.json")


def test_the_page_has_every_table_and_needs_nothing_else(filled: Active) -> None:
    archive = exported(filled, filled.stage.analyst)
    text = archive.read("index.html").decode()
    page = Outline(text)
    assert 'lang="en-US"' in text
    assert not {"script", "link", "img", "iframe", "form"} & set(page.tags)
    for link in page.links:
        assert (link.removeprefix("#") in page.ids) if link.startswith("#") else link in archive.namelist()
    data = [name for name in archive.namelist() if name.startswith("data/")]
    assert set(data) <= set(page.links)
    assert page.tags.count("table") == page.tags.count("caption") == len(data)
    assert all(found.get("scope") == "col" for tag, found in page.attributes if tag == "th")
    assert "&lt;b&gt;None&lt;/b&gt;" in text
    assert "<b>None</b>" not in text


def test_no_cell_runs_as_a_formula(filled: Active) -> None:
    archive = exported(filled, filled.stage.analyst)
    assert any(FORMULA in row["text"] for row in table(archive, "risks"))
    for name in archive.namelist():
        if name.endswith(".csv"):
            for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))):
                cells = [cell for cell in row if not _is_number(cell)]
                assert not [cell for cell in cells if cell.startswith(tuple(FORMULA_STARTS))], name


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_the_export_is_recorded_and_makes_no_author(filled: Active) -> None:
    authors = Authorship.objects.count()
    viewer = make_account(Role.VIEWER)
    exported(filled, viewer)
    entry = AuditEntry.objects.get(action="exported the record")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (
        str(viewer.pk),
        "partnerships.partnership",
        str(filled.partnership.pk),
    )
    assert Authorship.objects.count() == authors


def test_a_reviewer_gets_none_and_a_file_that_is_not_stored_is_named(filled: Active) -> None:
    address = f"/partnerships/{filled.partnership.pk}/record.zip"
    assert client_of(make_account(Role.REVIEWER)).get(address).status_code == 404
    assert client_of(filled.stage.analyst).get("/partnerships/999999/record.zip").status_code == 404
    stored = DocumentVersion.objects.get(document__title="Instrument").file
    stored.storage.delete(str(stored.name))
    archive = exported(filled, filled.stage.analyst)
    assert "Files that are not stored" in archive.read("index.html").decode()
    assert archive.testzip() is None


def test_rest_tells_what_it_is_and_sends_the_same(filled: Active) -> None:
    client, address = client_of(filled.stage.analyst), f"/api/v1/partnerships/{filled.partnership.pk}/record/"
    shown = client.get(address).json()
    answer: Any = client.get(address, headers={"Accept": "application/zip"})
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert json.loads(archive.read("record.json"))["partnership"]["id"] == shown["partnership"] == filled.partnership.pk
    rows = {found["name"]: found["rows"] for found in shown["tables"]}
    del rows["audit_trail"]  # the download is an entry of its own
    assert {name: len(table(archive, name)) for name in rows} == rows
    assert shown["files"] == len([name for name in archive.namelist() if name.startswith("files/")])


def test_all_tables_are_of_one_version(filled: Active) -> None:
    client = client_of(filled.stage.analyst)
    with CaptureQueriesContext(connection) as captured:
        response: Any = client.get(f"/partnerships/{filled.partnership.pk}/record.zip")
        b"".join(response.streaming_content)
    statements = [query["sql"] for query in captured]
    locks = [
        position
        for position, sql in enumerate(statements)
        if sql.endswith('FOR NO KEY UPDATE OF "partnerships_partnership"')
    ]
    reads = [position for position, sql in enumerate(statements) if 'FROM "partnerships_risk"' in sql]
    ends = [
        position
        for position, sql in enumerate(statements)
        if sql.startswith("RELEASE SAVEPOINT") and position > locks[0]
    ]
    assert len(locks) == 1
    assert locks[0] < reads[0] <= reads[-1] < ends[-1], "no table is read before the lock, or after its end"
