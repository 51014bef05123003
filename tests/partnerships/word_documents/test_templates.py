"""Templates of Word documents: what an upload must have, and the release by another person."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from docx import Document
from pytest_django import Settings

from cpc.accounts.permissions import Role
from cpc.audit.queries import entries_of
from cpc.notifications.models import Notification
from partnerships.lookups.document_templates import template_in_use
from partnerships.models import DocumentTemplate, TemplateKind
from partnerships.word_documents.kinds import TYPES
from partnerships.word_documents.services import take_template_step
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.word_documents.uploads import built_in, edited, marked, repacked, upload, without
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

pytestmark = pytest.mark.django_db
NOTIFICATION = TemplateKind.NOTIFICATION


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def release(stage: Stage, template: DocumentTemplate) -> DocumentTemplate:
    return take_template_step(template=template, name="release", actor=stage.approver)


def errors_of(attempt: Callable[[], object]) -> str:
    with pytest.raises(ValidationError) as caught:
        attempt()
    assert list(caught.value.error_dict) == ["file"]
    assert not DocumentTemplate.objects.exists()
    return " ".join(caught.value.messages)


# ---- upload --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TemplateKind.values)
def test_the_template_that_ships_with_the_product_is_accepted(stage: Stage, kind: str) -> None:
    template = upload(stage.analyst, built_in(kind), kind=kind, note=" As shipped. ")
    assert (template.number, template.note, template.state) == (2, "As shipped.", "draft")
    assert template.sha256 == hashlib.sha256(built_in(kind)).hexdigest()
    assert template_in_use(TemplateKind(kind)).number == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (lambda: marked("Sum: {{ amuont|dollars }}"), "“amuont” in the text, at “Sum: {{ amuont|dollars }}”, is not"),
        (lambda: marked("Amount: {{ amuont|dollars }}"), "Did you mean “amount”?"),
        (lambda: marked("{% for x in programs %}{{ x.titel }}{% endfor %}"), "“programs.titel” in the text"),
        (lambda: marked("{{ programs.us_amount.real }}"), "“programs.us_amount.real”"),
        (lambda: marked("Open {{ country"), "cannot be read in the text, at “Open {{ country”"),
        (lambda: marked("{%p endfor %}"), "unknown tag 'endfor'"),
        (lambda: marked("{{ country.upper() }}"), "at “{{ country.upper() }}”: “call”"),
        (lambda: marked("{{ country|exec }}"), "“|exec”: the filters are"),
        (lambda: marked("{{ country|day }}"), "“|day” shows a day"),
        (lambda: without("purpose"), "lacks “purpose”. A notification states its purpose (22 U.S.C. 2394-1(a)(1))"),
        (lambda: without("line.us_amount"), "lacks “programs.us_amount”"),
        (lambda: edited(lambda xml: xml.replace("for line in committees", "for line in objectives")), "“committees”"),
        (lambda: repacked(lambda _, part: part, more={"word/vbaProject.bin": b"MZ"}), "contains macros"),
        (lambda: b"PK\x03\x04broken", "The file is damaged"),
        (lambda: b"%PDF-1.7\n", "its content is something else"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_used_is_refused_with_its_reason(
    stage: Stage, data: Callable[[], bytes], expected: str
) -> None:
    assert expected in errors_of(lambda: upload(stage.analyst, data()))


def test_a_placeholder_in_the_footer_is_checked_too(stage: Stage) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"{{ made_from }}", b"{{ made_form }}") if name.startswith("word/footer") else part

    message = errors_of(lambda: upload(stage.analyst, repacked(change)))
    assert "“made_form” in the footer, at “{{ made_form }}”" in message
    assert "lacks “made_from”" in message


def test_a_template_with_external_content_is_refused_with_its_target(stage: Stage) -> None:
    outside = b"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
 Target="https://elsewhere.example/t.dotm" TargetMode="External"/></Relationships>"""
    data = repacked(lambda _, part: part, more={"word/_rels/settings.xml.rels": outside})
    assert "refers to https://elsewhere.example/t.dotm" in errors_of(lambda: upload(stage.analyst, data))


def test_a_file_of_another_kind_names_what_it_lacks(stage: Stage) -> None:
    message = errors_of(lambda: upload(stage.analyst, built_in("notification"), kind="annual_report"))
    assert "“is_sent” in the text, at “{% if not is_sent %}”, is not a field of this document." in message
    assert errors_of(lambda: upload(stage.analyst, built_in(), name="template.docm")).startswith("The template must be")


@pytest.mark.parametrize(
    ("placeholder", "element"),
    [
        ("line.outcome", "(A)"),
        ("line.text", "(B)"),
        ("line.partner_amount", "(C)"),
        ("line.value", "(E)"),
        ("line.body", "(E)"),
        ("line.approach", "(F)"),
        ("line.what", "(G)"),
    ],
)
def test_an_instrument_keeps_the_elements_of_the_statute(stage: Stage, placeholder: str, element: str) -> None:
    data = without(placeholder, "instrument")
    assert f"22 U.S.C. 7103a(d)(2){element}" in errors_of(lambda: upload(stage.analyst, data, kind="instrument"))


# ---- release -------------------------------------------------------------------------------------------------------


def test_the_newest_released_version_is_used_and_its_uploader_hears_of_it(stage: Stage) -> None:
    data = marked("First")
    first = upload(stage.analyst, data)
    assert upload(stage.analyst, data) == first
    release(stage, first)
    assert [entry.action for entry in entries_of(first)] == ["notified", "released", "uploaded"]
    assert list(Notification.objects.values_list("recipient__username", "subject")) == [
        (stage.analyst.username, "Congressional notification, template version 2 was released")
    ]
    second = upload(stage.analyst, marked("Second"))
    assert (second.number, template_in_use(NOTIFICATION).number) == (3, 2)
    release(stage, second)
    in_use = template_in_use(NOTIFICATION)
    assert (in_use.number, in_use.data) == (3, marked_bytes(second))
    assert Document(in_use.open()).paragraphs[-1].text == "Second"
    assert template_in_use(TemplateKind.INSTRUMENT).number == 1


def marked_bytes(template: DocumentTemplate) -> bytes:
    with template.file.open("rb") as file:
        data: bytes = file.read()
    return data


def test_the_uploader_and_those_without_the_permission_release_nothing(stage: Stage) -> None:
    uploader = make_account(Role.APPROVER, username="uploader")
    template = DocumentTemplate.objects.create(
        kind="notification", number=2, file="none.docx", sha256="0" * 64, uploaded_by=uploader
    )
    assert error_codes(lambda: take_template_step(template=template, name="release", actor=uploader)) == ["two_people"]
    for actor in (stage.analyst, make_account(Role.VIEWER)):
        with pytest.raises(PermissionDenied):
            take_template_step(template=template, name="release", actor=actor)
    with pytest.raises(PermissionDenied):
        upload(make_account(Role.ADMINISTRATOR), built_in())


def test_a_template_is_decided_once_and_a_rejection_needs_a_reason(stage: Stage) -> None:
    template = upload(stage.analyst, marked("First"))
    reject = partial(take_template_step, template=template, name="reject", actor=stage.approver)
    assert error_codes(reject) == ["reason"]
    reject(reason=" The heading is gone. ")
    template.refresh_from_db()
    assert (template.state, template.reason, template.decided_by) == (
        "rejected",
        "The heading is gone.",
        stage.approver,
    )
    assert error_codes(lambda: release(stage, template)) == ["transition"]
    again = upload(stage.analyst, marked("First"))
    assert again.number == 3
    assert take_template_step(template=again, name="withdraw", actor=stage.analyst).state == "withdrawn"
    assert error_codes(lambda: release(stage, again)) == ["transition"]
    assert template_in_use(NOTIFICATION).number == 1


def test_an_earlier_draft_is_not_released_over_a_later_version(stage: Stage) -> None:
    first, second = upload(stage.analyst, marked("First")), upload(stage.analyst, marked("Second"))
    release(stage, second)
    assert error_codes(lambda: release(stage, first)) == ["template_overtaken"]
    update = f"UPDATE partnerships_documenttemplate SET state = 'released', decided_by_id = {stage.approver.pk}"
    assert db_error_code(lambda: raw(f"{update} WHERE id = {first.pk}")) == "template_overtaken"


def test_a_file_changed_on_the_server_is_neither_released_nor_used(stage: Stage) -> None:
    template = upload(stage.analyst, marked("First"))
    path = Path(template.file.path)
    uploaded = path.read_bytes()
    path.write_bytes(marked("Other"))
    assert error_codes(lambda: release(stage, template)) == ["template_changed"]
    path.write_bytes(uploaded)
    release(stage, template)
    path.write_bytes(marked("Other"))
    with pytest.raises(ValidationError, match="version 2 of the template is not the one"):
        template_in_use(NOTIFICATION)
    path.unlink()
    with pytest.raises(ValidationError, match="removed on the server"):
        template_in_use(NOTIFICATION)


UPDATE = "UPDATE partnerships_documenttemplate SET "


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (UPDATE + "state = 'released', decided_by_id = {uploader}", "may_not_approve"),
        (UPDATE + "state = 'released'", "two_people"),
        (UPDATE + "state = 'rejected', decided_by_id = {approver}", "reason"),
        (UPDATE + "sha256 = repeat('1', 64)", "template_fixed"),
        (UPDATE + "state = 'lost', decided_by_id = {approver}", "transition"),
        ("DELETE FROM partnerships_documenttemplate", "template_fixed"),
        (
            "INSERT INTO partnerships_documenttemplate (kind, number, file, sha256, note, uploaded_by_id, state, "
            "decided_by_id, decided_at, reason) SELECT kind, 9, file, sha256, '', uploaded_by_id, 'released', "
            "{approver}, now(), '' FROM partnerships_documenttemplate",
            "two_people",
        ),
        (
            "INSERT INTO partnerships_documenttemplate (kind, number, file, sha256, note, uploaded_by_id, state, "
            "reason) SELECT kind, 1, file, sha256, '', uploaded_by_id, 'draft', '' FROM partnerships_documenttemplate",
            "template_kind",
        ),
    ],
)
def test_the_database_wants_a_second_person_and_keeps_what_was_uploaded(stage: Stage, sql: str, code: str) -> None:
    upload(stage.analyst, marked("First"))
    statement = sql.format(uploader=stage.analyst.pk, approver=stage.approver.pk)
    assert db_error_code(lambda: raw(statement)) == code


def test_an_approver_who_uploaded_it_cannot_release_it_in_sql(stage: Stage) -> None:
    uploader = make_account(Role.APPROVER, username="uploader")
    DocumentTemplate.objects.create(
        kind="notification", number=2, file="none.docx", sha256="0" * 64, uploaded_by=uploader
    )
    released = UPDATE + f"state = 'released', decided_by_id = {uploader.pk}"
    assert db_error_code(lambda: raw(released)) == "two_people"


def test_a_released_template_never_changes(stage: Stage) -> None:
    release(stage, upload(stage.analyst, marked("First")))
    for change in ("file = 'other.docx'", "reason = 'x'", "decided_at = now()"):
        assert db_error_code(lambda change=change: raw(UPDATE + change)) == "template_fixed"  # type: ignore[misc]


# ---- preview -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TemplateKind.values)
def test_a_preview_is_made_from_the_sample_and_has_no_placeholder_left(kind: str) -> None:
    made = TYPES[TemplateKind(kind)].preview(built_in(kind))
    document = Document(io.BytesIO(made))
    xml = "".join(part.blob.decode() for part in document.part.package.parts if part.partname.endswith(".xml"))
    assert "Sample Country" in xml
    assert "{{" not in xml
    assert "{%" not in xml
    assert document.core_properties.language == "en-US"
