"""Issues of the memo and its templates: stored values, entries of the audit trail, and refusals by field."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from cpc.accounts.permissions import Role
from cpc.files.word_documents import TemplateNotUsable
from selection.decisions.memo import services
from selection.decisions.memo.document import TEMPLATE
from selection.models import Memo, MemoTemplate, SelectionRound
from selection.scoring import sha256_of
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.selection.decisions.deliberating import (
    Deliberation,
    closed,
    committed,
    decided,
    in_deliberation,
    recommended,
)
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.support.rounds import ON, Office

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
IVORY_COAST = "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire"


@pytest.fixture
def office(deliberation: Deliberation) -> Office:
    return deliberation.office


def issue(office: Office, selection_round: SelectionRound | None = None, **changes: Any) -> Memo:
    values: dict[str, Any] = {"actor": office.analyst, "on": ON, **changes}
    return services.issue_memo(selection_round=selection_round or in_deliberation(), **values)


def sha256(memo: Memo | MemoTemplate) -> str:
    with memo.file.open("rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def marked(text: str) -> bytes:
    """Return the shipped template with a paragraph at its end."""
    document, file = Document(str(TEMPLATE)), io.BytesIO()
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def upload(data: bytes, name: str = "memo.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


# ---- issues --------------------------------------------------------------------------------------------------------


def test_memo_issue_stores_hashes_of_content_template_and_document(office: Office) -> None:
    recommended(office, in_deliberation())
    memo = issue(office)
    assert (memo.round, memo.number, memo.made_by) == (in_deliberation(), 1, office.analyst)
    assert (memo.content["number"], memo.content["drafted_by"]) == (1, str(office.analyst))
    assert memo.content_hash == sha256_of(memo.content)
    assert memo.sha256 == sha256(memo)
    assert memo.template_sha256 == hashlib.sha256(TEMPLATE.read_bytes()).hexdigest()
    assert memo.file.name is not None
    assert f"memo-{memo.round_id}-1" in memo.file.name
    assert memo.file.name.endswith(".docx")
    [(who, action, before, after)] = trail(memo)
    assert (who, action, before) == ("analyst", "issued", None)
    assert after is not None
    assert (after["number"], after["sha256"], after["made_by"]) == (1, memo.sha256, office.analyst.pk)


def test_another_issue_follows_a_change_and_its_drafter_stays(office: Office) -> None:
    committed(office, in_deliberation(), "CIV")
    recommended(office, in_deliberation())
    first = issue(office)
    assert issue(office, actor=office.second, on=ON + DAY) == first
    recommended(office, in_deliberation(), "CIV", "defer")
    second = issue(office, actor=office.second, on=ON + DAY)
    assert (second.number, second.made_by) == (2, office.second)
    assert (second.content["number"], second.content["drafted_by"]) == (2, str(office.analyst))
    assert [len(memo.content["recommendations"]) for memo in (first, second)] == [1, 2]
    assert trail(second)[0][:2] == ("analyst-2", "issued")
    assert issue(office) == second


def test_a_memo_is_issued_in_deliberation_by_the_office_alone(office: Office) -> None:
    scored = office.scored(title="Another round")
    with pytest.raises(ValidationError) as caught:
        issue(office, selection_round=scored)
    assert (caught.value.code, caught.value.messages) == (
        "state",
        [f"{scored} is in scoring. You can send the memo only in deliberation."],
    )
    for role in (Role.VIEWER, Role.APPROVER):
        other = office.approver if role is Role.APPROVER else make_account(role)
        with pytest.raises(PermissionDenied):
            issue(office, actor=other)
    decided(office, in_deliberation())
    found = closed(office, in_deliberation())
    with pytest.raises(ValidationError) as caught:
        issue(office, selection_round=found)
    assert (caught.value.code, caught.value.messages) == (
        "state",
        [f"{found} is decided, so its memo is frozen. Recommend again to send another."],
    )


def test_a_download_is_on_record(office: Office) -> None:
    recommended(office, in_deliberation())
    memo = issue(office)
    reader = make_account(Role.ADMINISTRATOR)
    with services.open_memo(memo=memo, actor=reader) as file:
        assert hashlib.sha256(file.read()).hexdigest() == memo.sha256
    assert trail(memo)[1:] == [(reader.username, "downloaded", None, {"sha256": memo.sha256})]
    with pytest.raises(PermissionDenied):
        services.open_memo(memo=memo, actor=make_account(Role.VIEWER))
    assert len(trail(memo)) == 2


# ---- templates -----------------------------------------------------------------------------------------------------


def take(office: Office, data: bytes, name: str = "memo.docx", note: str = "") -> MemoTemplate:
    return services.take_template(file=upload(data, name), note=note, actor=office.analyst)


def approve(office: Office, template: MemoTemplate, *, yes: bool = True, note: str = "") -> MemoTemplate:
    return services.decide_template(template=template, approve=yes, note=note, actor=office.approver)


def test_templates_are_numbered_and_the_newest_approved_one_is_used(office: Office) -> None:
    assert services.newest_template() is None
    data = marked("First")
    first = take(office, data, "MEMO.DOCX", " As agreed. ")
    assert (first.number, first.note, first.uploaded_by) == (1, "As agreed.", office.analyst)
    assert first.sha256 == sha256(first) == hashlib.sha256(data).hexdigest()
    [(who, action, before, after)] = trail(first)
    assert (who, action, before) == ("analyst", "took", None)
    assert after is not None
    assert (after["number"], after["note"], after["sha256"]) == (1, "As agreed.", first.sha256)
    assert take(office, data, note="Again") == first
    assert services.newest_template() is None
    approve(office, first)
    assert [entry[1] for entry in trail(first)] == ["took", "approved"]
    second = take(office, marked("Second"))
    assert (second.number, services.newest_template()) == (2, first)
    approve(office, second, yes=False, note="The heading is gone.")
    assert services.newest_template() == first
    assert take(office, marked("Second")).number == 3
    recommended(office, in_deliberation())
    memo = issue(office)
    assert memo.template_sha256 == first.sha256
    with memo.file.open("rb") as file:
        assert [paragraph.text for paragraph in Document(io.BytesIO(file.read())).paragraphs][-1] == "First"


def test_a_template_needs_a_second_person_once(office: Office) -> None:
    template = take(office, marked("First"))
    for actor in (office.analyst, make_account(Role.VIEWER)):
        with pytest.raises(PermissionDenied):
            services.decide_template(template=template, approve=True, actor=actor)
    assert refusals(lambda: approve(office, template, yes=False)) == {"note": "decision_note"}
    approve(office, template)
    with pytest.raises(ValidationError) as caught:
        approve(office, template)
    assert caught.value.code == "decided_already"


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE selection_memotemplate SET decision = 'approved', decided_at = now()", "two_people"),
        ("UPDATE selection_memotemplate SET decision = 'perhaps', decided_at = now()", "decision"),
        (
            "UPDATE selection_memotemplate SET decision = 'refused', decided_at = now(), decided_by_id = {approver}",
            "decision_note",
        ),
        (
            "INSERT INTO selection_memotemplate (number, file, sha256, note, uploaded_by_id, decision, decision_note, "
            "decided_at) SELECT 9, file, sha256, '', uploaded_by_id, 'approved', '', now() FROM selection_memotemplate",
            "two_people",
        ),
    ],
)
def test_the_database_wants_a_second_person_too(office: Office, sql: str, code: str) -> None:
    take(office, marked("First"))
    assert db_error_code(lambda: raw(sql.format(approver=office.approver.pk))) == code


def test_a_decided_template_stays(office: Office) -> None:
    approve(office, take(office, marked("First")))
    statement = f"UPDATE selection_memotemplate SET decision_note = 'B', decided_by_id = {office.approver.pk}"
    assert db_error_code(lambda: raw(statement)) == "template_kept"


# ---- for decision --------------------------------------------------------------------------------------------------


def test_a_memo_is_refused_while_something_stops_it(office: Office) -> None:
    with pytest.raises(ValidationError) as caught:
        issue(office)
    assert caught.value.messages == ["No recommendations yet. Write one for each candidate."]
    recommended(office, in_deliberation(), "CIV", "defer")
    assert "mandatory_not_known" in error_codes(lambda: issue(office))
    recommended(office, in_deliberation(), "CIV")
    assert {"mandatory_not_known", "restrictions_not_reviewed"} <= set(error_codes(lambda: issue(office)))
    assert not Memo.objects.exists()


def test_a_changed_record_outdates_a_memo_and_a_decision_does_not(office: Office) -> None:
    found = in_deliberation()
    committed(office, found, "CIV")
    recommended(office, found)
    memo = issue(office)
    assert services.changes_since(memo, ON) == []
    recommended(office, found, "CIV", "defer")
    assert services.changes_since(memo, ON) == [f"{IVORY_COAST}: new recommendation, defer."]
    second = issue(office)
    assert second.changes == [f"{IVORY_COAST}: new recommendation, defer."]
    assert second.content["changes"] == second.changes
    decided(office, found)
    assert services.changes_since(second, ON) == []
    assert issue(office) == second


def test_decisions_follow_in_an_issue_of_their_own(office: Office) -> None:
    found = in_deliberation()
    decided(office, found)
    first = issue(office)
    assert (first.purpose, first.content["recommendations"][0]["decision"]) == ("for_decision", "")
    closed(office, found)
    last = found.memos.order_by("-number").first()
    assert last is not None
    assert (last.number, last.purpose, last.content["recommendations"][0]["decision"]) == (
        2,
        "with_decisions",
        "Select",
    )
    assert last.changes[0] == "This issue has the decisions."
    assert Memo.objects.get(pk=first.pk).content_hash == first.content_hash


@pytest.mark.parametrize("purpose", ["with_decisions", "for_decision"])
def test_the_database_keeps_each_issue_to_its_state(office: Office, purpose: str) -> None:
    recommended(office, in_deliberation())
    memo = issue(office)
    if purpose == "for_decision":
        decided(office, in_deliberation())
        closed(office, in_deliberation())
    sql = (
        "INSERT INTO selection_memo (round_id, number, purpose, content, content_hash, changes, longer_because, basis, "
        "template_sha256, file, sha256, made_by_id) SELECT round_id, 9, '{purpose}', content, content_hash, changes, "
        "'', basis, template_sha256, file, sha256, made_by_id FROM selection_memo WHERE id = {pk}"
    )
    assert db_error_code(lambda: raw(sql.format(purpose=purpose, pk=memo.pk))) == "memo_state"


# ---- uploads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "codes"),
    [
        (TEMPLATE.read_bytes, "memo.doc", {"file": "file_kind"}),
        (TEMPLATE.read_bytes, "memo.docx.pdf", {"file": "file_kind"}),
        (lambda: marked("{{ nothing.of_this }}{% if %}"), "memo.docx", {"file": "template"}),
        (lambda: b"", "memo.docx", {"file": "file_empty"}),
        (lambda: b"%PDF-1.7", "memo.docx", {"file": "file_kind"}),
    ],
)
def test_invalid_template_is_rejected_at_the_file_field(
    office: Office, data: Callable[[], bytes], name: str, codes: dict[str, str]
) -> None:
    assert refusals(lambda: take(office, data(), name)) == codes
    assert not MemoTemplate.objects.exists()


def test_only_the_office_takes_a_template(office: Office) -> None:
    for actor in (office.approver, make_account(Role.VIEWER)):
        with pytest.raises(PermissionDenied):
            services.take_template(file=upload(marked("First")), note="", actor=actor)


def test_a_memo_that_its_template_cannot_print_is_not_issued(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> bytes:
        raise TemplateNotUsable("The template cannot be filled.")

    recommended(office, in_deliberation())
    monkeypatch.setattr(services, "render_memo", broken)
    with pytest.raises(ValidationError) as caught:
        issue(office)
    assert (caught.value.code, caught.value.messages) == ("template", ["The template cannot be filled."])
    assert not Memo.objects.exists()
    assert SelectionRound.objects.get(pk=in_deliberation().pk).memos.count() == 0
