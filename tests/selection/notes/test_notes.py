"""Notes: visibility, no edits, mentions, files, adjudication, concurrence, and notes that block a step."""

from __future__ import annotations

import datetime as dt
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, transaction
from pytest_django import Settings

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Notification
from indicators.models import Observation
from selection.consultation.services import requests as requests_services
from selection.models import Adjudication, Note, NoteAttachment, NoteReply, SelectionRound
from selection.note_status import DerivedStatus, blocks, status_of
from selection.notes import queries as notes_queries
from selection.notes.services import adjudications as adjudications_services
from selection.notes.services import notes as notes_services
from selection.notes.services.attachments import safe_name
from selection.notes.services.mentions import named_in
from selection.notes.services.notes import Anchor, NoteContent
from tests.support.accounts import make_account
from tests.support.facts import publish_facts
from tests.support.noting import Desk, sample_upload
from tests.support.pages import a_narrative
from tests.support.rounds import in_the_way
from tests.support.unguarded import owner_rights, unguarded

ON = dt.date(2026, 11, 25)


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Settings) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Desk.make()


def codes(error: ValidationError) -> set[str]:
    lists = error.error_dict.values() if hasattr(error, "error_dict") else [error.error_list]
    return {str(one.code) for errors in lists for one in errors}


def refused(expected: str, call: Any, *args: Any, **more: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        call(*args, **more)
    assert codes(caught.value) == {expected}


def critical(desk: Desk) -> set[str]:
    """Return the codes with which critical notes stop the decision."""
    return {"critical_open", "critical_rejected"} & set(in_the_way(desk.round))


# ---- status --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "outcome", "concurs", "from_agency", "taken_back", "expected"),
    [
        ("major", None, None, True, False, "open"),
        ("major", "accepted", None, True, False, "adjudicated"),
        ("major", "accepted", True, True, False, "closed"),
        ("major", "rejected", False, True, False, "escalated"),
        ("major", "deferred", None, True, False, "adjudicated"),
        ("critical", "deferred", None, True, False, "open"),
        ("critical", "deferred", True, True, False, "open"),
        ("critical", "rejected", None, True, False, "adjudicated"),
        ("major", "noted", None, False, False, "closed"),
        ("critical", None, None, True, True, "closed"),
    ],
)
def test_the_status_follows_from_adjudication_and_response(
    kind: str, outcome: str | None, concurs: bool | None, from_agency: bool, taken_back: bool, expected: str
) -> None:
    found = status_of(kind=kind, outcome=outcome, concurs=concurs, from_agency=from_agency, taken_back=taken_back)
    assert found == expected


def test_only_a_critical_open_note_before_the_office_blocks() -> None:
    everything = product(("critical", "major"), DerivedStatus, ("agency", "office", "all"))
    found = {(k, s, v) for k, s, v in everything if blocks(kind=k, status=s, visibility=v)}
    assert found == {("critical", "open", "office"), ("critical", "open", "all")}


# ---- who sees which ------------------------------------------------------------------------------------------------

VISIBILITY = {
    # note of, visibility, candidate: who sees it
    ("labor", "agency", "GHA"): {"labor", "member"},
    ("labor", "office", "GHA"): {"labor", "member", "office"},
    ("labor", "all", "GHA"): {"labor", "member", "office", "justice"},
    ("labor", "all", "CIV"): {"labor", "member", "office"},
    ("labor", "all", None): {"labor", "member", "office", "justice"},
    ("office", "office", "GHA"): {"office"},
    ("office", "office", None): {"office"},
    ("office", "all", "GHA"): {"office", "labor", "member", "justice"},
    ("office", "all", "CIV"): {"office", "labor", "member"},
    ("office", "all", None): {"office", "labor", "member", "justice"},
}


@pytest.fixture
def readers(desk: Desk) -> dict[str, list[User]]:
    stranger = make_account(
        Role.REVIEWER, username="stranger", agency=Agency.objects.create(code="hhs", name="Health and Human Services")
    )
    former = make_account(Role.ANALYST, username="former", is_active=False)
    return {
        "office": [desk.office.analyst, desk.office.approver, make_account(Role.ADMINISTRATOR)],
        "labor": [desk.labor_contact],
        "member": [desk.labor_member],
        "justice": [desk.justice_contact],
        "nobody": [stranger, former, make_account(Role.VIEWER), make_account(Role.API_CLIENT)],
    }


@pytest.mark.parametrize(("cell", "expected"), VISIBILITY.items())
def test_who_sees_a_note_is_the_table_of_the_method(
    desk: Desk, readers: dict[str, list[User]], cell: tuple[str, str, str | None], expected: set[str]
) -> None:
    side, visibility, code = cell
    author = desk.labor_contact if side == "labor" else desk.office.analyst
    note = desk.write(author, visibility=visibility, code=code)
    reply = notes_services.reply_to_note(note=note, text="Seen.", actor=author, files=[sample_upload()])
    for name, users in readers.items():
        for user in users:
            sees = Note.objects.visible_to(user).filter(pk=note.pk).exists()
            assert sees == (name in expected), f"{user.username} on {cell}"
            assert NoteReply.objects.visible_to(user).filter(pk=reply.pk).exists() == sees
            assert NoteAttachment.objects.visible_to(user).exists() == sees


def test_successor_agency_reads_notes_of_its_predecessor(desk: Desk) -> None:
    note = desk.write(desk.labor_contact, visibility="agency")
    Agency.objects.filter(pk=desk.labor.pk).update(successor=desk.justice, successor_reason="Merged")
    assert Note.objects.visible_to(desk.justice_contact).filter(pk=note.pk).exists()
    assert not Note.objects.visible_to(desk.office.analyst).exists()


# ---- writing -------------------------------------------------------------------------------------------------------


def test_notes_are_numbered_per_agency_and_name_their_evidence_version(desk: Desk) -> None:
    notes = [desk.write(desk.labor_contact), desk.write(desk.office.analyst), desk.critical()]
    assert [note.reference for note in notes] == ["DOL-1", "TIP-1", "DOL-2"]
    assert {note.document_version for note in notes} == {"Evidence 1"}
    assert [note.agency for note in notes] == [desk.labor, None, desk.labor]


def test_a_note_is_anchored_to_evidence_on_its_candidate(desk: Desk, tmp_path: Path) -> None:
    narrative = a_narrative(tmp_path / "narrative")
    facts = [("cpi.score", code, "2024", "42") for code in ("GHA", "CIV")]
    publish_facts(tmp_path, name="CPI2024.xlsx", edition="2024", facts=facts)
    value = Observation.objects.live().get(country__code="GHA", indicator__code="cpi.score")
    sentence = "Traffickers exploit children in domestic  servitude."
    keys = {row.key for row in desk.round.model.as_table.criteria}
    anchors = [
        Anchor(criterion=sorted(keys)[0]),
        Anchor(observation=value),
        Anchor(narrative=narrative, sentence=sentence, locator="line 7"),
    ]
    notes = [desk.write(desk.labor_contact, anchor=anchor) for anchor in anchors]
    assert [note.anchor for note in notes] == ["criterion", "observation", "sentence"]
    found = notes_queries.beside(notes_queries.notes_on(desk.candidate(), desk.office.analyst))
    assert {key.partition(":")[0] for key in found} == {"criterion", "observation", "sentence"}

    elsewhere = Observation.objects.live().get(country__code="CIV", indicator__code="cpi.score")
    refused("criterion", desk.write, desk.labor_contact, anchor=Anchor(criterion="no-such"))
    refused("observation", desk.write, desk.labor_contact, anchor=Anchor(observation=elsewhere))
    invented = Anchor(narrative=narrative, sentence="Nobody wrote this.")
    refused("sentence", desk.write, desk.labor_contact, anchor=invented)
    refused("sentence", desk.write, desk.labor_contact, code="CIV", anchor=Anchor(narrative=narrative, sentence="A"))


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("critical_rationale", {"kind": "critical"}),
        ("blank", {"text": "  "}),
        ("blank", {"kind": ""}),
        ("invalid_choice", {"visibility": "everybody"}),
        ("max_length", {"text": "x" * 8_001}),
        ("not_asked", {"code": "XKX"}),
    ],
)
def test_note_without_a_required_field_is_rejected(desk: Desk, code: str, more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        desk.write(desk.labor_contact, **more)
    assert code in codes(caught.value)
    assert not Note.objects.exists()


def test_the_office_hides_nothing_from_itself(desk: Desk) -> None:
    with pytest.raises(ValidationError) as caught:
        desk.write(desk.office.analyst, visibility="agency")
    assert "visibility" in codes(caught.value)
    refused("visibility", desk.write, desk.office.analyst, visibility="agency", on_behalf_of=desk.labor)
    entered = desk.write(desk.office.analyst, on_behalf_of=desk.labor, reviewer="Labor by mail")
    assert (entered.agency, entered.author, entered.reviewer) == (desk.labor, desk.office.analyst, "Labor by mail")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR, Role.API_CLIENT])
def test_account_with_read_access_cannot_write_notes(desk: Desk, role: Role) -> None:
    note = desk.write(desk.labor_contact, visibility="all")
    user = make_account(role)
    for call in (
        lambda: desk.write(user),
        lambda: notes_services.reply_to_note(note=note, text="So.", actor=user),
        lambda: adjudications_services.adjudicate(note=note, outcome="accepted", rationale="", actor=user),
        lambda: notes_services.withdraw_note(note=note, reason="So", actor=user),
    ):
        with pytest.raises(PermissionDenied):
            call()


def test_a_reviewer_writes_for_no_other_agency(desk: Desk) -> None:
    with pytest.raises(PermissionDenied):
        desk.write(desk.justice_contact, on_behalf_of=desk.labor)
    theirs = desk.write(desk.labor_contact)
    for call in (
        lambda: notes_services.reply_to_note(note=theirs, text="So.", actor=desk.justice_contact),
        lambda: adjudications_services.concur(note=theirs, concurs=True, text="", actor=desk.justice_contact),
        lambda: notes_services.withdraw_note(note=theirs, reason="So", actor=desk.justice_contact),
        lambda: notes_services.share_note(note=theirs, visibility="all", actor=desk.justice_contact),
    ):
        with pytest.raises(PermissionDenied):
            call()


def test_an_agency_that_was_dropped_writes_no_more(desk: Desk) -> None:
    request = desk.round.requests.get(agency=desk.labor)
    requests_services.drop_request(request=request, reason="Not needed", actor=desk.office.analyst)
    refused("not_asked", desk.write, desk.labor_contact)


def test_a_decided_round_takes_no_more_notes(desk: Desk) -> None:
    note = desk.write(desk.labor_contact)
    desk.office.step(desk.round, "return_to_scoring")
    desk.write(desk.labor_contact)
    with unguarded():
        SelectionRound.objects.filter(pk=desk.round.pk).update(state="decided")
    refused("round_closed", desk.write, desk.office.analyst)
    refused("round_closed", notes_services.reply_to_note, note=note, text="So.", actor=desk.labor_contact)
    refused("round_closed", desk.answer, note)


# ---- never edited --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"text": "Other"}, {"kind": "major"}, {"number": 9}, {"visibility": "agency"}])
def test_the_database_keeps_a_note_as_written(desk: Desk, values: dict[str, Any]) -> None:
    note = desk.write(desk.labor_contact)
    with owner_rights(), pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(**values)
    with owner_rights(), pytest.raises(InternalError), transaction.atomic():
        note.delete()


def test_a_note_is_withdrawn_once_with_a_reason_and_stays(desk: Desk) -> None:
    note = desk.critical()
    assert critical(desk) == {"critical_open"}
    refused("reason", notes_services.withdraw_note, note=note, reason=" ", actor=desk.labor_contact)
    notes_services.withdraw_note(note=note, reason="Settled by phone", actor=desk.labor_contact)
    assert not critical(desk)
    refused("taken_back", notes_services.withdraw_note, note=note, reason="Again", actor=desk.labor_contact)
    refused("taken_back", desk.answer, note)
    with pytest.raises(InternalError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(withdrawn_because="Other")


def test_a_note_of_another_type_supersedes_the_first(desk: Desk) -> None:
    note = desk.critical(visibility="office")
    content = NoteContent(kind="major", text="Less than it seemed.")
    made = notes_services.supersede_note(note=note, content=content, visibility="office", actor=desk.labor_contact)
    note.refresh_from_db()
    assert (made.reference, made.supersedes, made.candidate) == ("DOL-2", note, note.candidate)
    assert (note.is_live, note.status, made.status) == (False, "closed", "open")
    assert not critical(desk)
    refused(
        "taken_back",
        notes_services.supersede_note,
        note=note,
        content=content,
        visibility="office",
        actor=desk.labor_contact,
    )


def test_a_note_is_only_shown_to_more_people(desk: Desk) -> None:
    note = desk.write(desk.labor_contact, visibility="agency")
    notes_services.share_note(note=note, visibility="office", actor=desk.labor_contact)
    assert Note.objects.visible_to(desk.office.analyst).get() == note
    refused("only_widened", notes_services.share_note, note=note, visibility="agency", actor=desk.labor_contact)
    with pytest.raises(PermissionDenied):
        notes_services.share_note(note=note, visibility="all", actor=desk.labor_member)


def test_the_audit_trail_holds_no_word_of_a_note(desk: Desk) -> None:
    note = desk.write(
        desk.labor_contact, visibility="agency", text="Keep this among us.", files=[sample_upload("secret.pdf")]
    )
    notes_services.reply_to_note(note=note, text="Among us, too.", actor=desk.labor_member)
    notes_services.withdraw_note(note=note, reason="Among ourselves", actor=desk.labor_contact)
    entries = str(list(AuditEntry.objects.values_list("object_label", "before", "after")))
    for word in ("among us", "Among us", "secret", "ourselves"):
        assert word not in entries


# ---- mentions ------------------------------------------------------------------------------------------------------


def test_who_is_named_in_a_text() -> None:
    text = "@labor see a@b.example, (@justice), @labor. @@x and @a-b+c.d."
    assert named_in(text) == ["labor", "justice", "a-b+c.d"]


def test_a_mentioned_account_is_notified_once_without_the_text(desk: Desk) -> None:
    note = desk.write(desk.labor_member, text="Look at this, @contact-dol, and @contact-dol again.")
    notified = Notification.objects.filter(kind="selection.mention")
    assert [row.recipient for row in notified] == [desk.labor_contact]
    assert notified[0].link == f"/rounds/{desk.round.pk}/notes/{note.reference}/"
    assert "Look at" not in notified[0].subject + notified[0].text
    notes_services.reply_to_note(note=note, text="@member-dol why?", actor=desk.labor_contact)
    assert notified.filter(recipient=desk.labor_member).count() == 1


@pytest.mark.parametrize("name", ["contact-doj", "viewer", "nobody-at-all"])
def test_an_account_that_may_not_see_the_note_is_not_mentioned(desk: Desk, name: str) -> None:
    make_account(Role.VIEWER)
    refused("mention", desk.write, desk.labor_contact, text=f"Ask @{name} about it.")
    assert not Note.objects.exists()
    assert not Notification.objects.filter(kind="selection.mention").exists()


# ---- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("run.exe", b"MZ", "file_kind"),
        ("page.html", b"<script>alert(1)</script>", "file_kind"),
        ("letter.pdf", b"<script>alert(1)</script>", "file_kind"),
        ("picture.png", b"GIF89a", "file_kind"),
        ("matrix.xlsx", b"PK\x03\x04 cut", "file_kind"),
        ("empty.pdf", b"", "file_empty"),
        ("big.txt", b"a" * (20 * 1024**2 + 1), "file_size"),
    ],
)
def test_upload_with_a_mislabeled_file_is_rejected_entirely(desk: Desk, name: str, content: bytes, code: str) -> None:
    refused(code, desk.write, desk.labor_contact, files=[sample_upload(), sample_upload(name, content)])
    assert not Note.objects.exists()


def test_a_file_lies_under_a_name_of_ours(desk: Desk, settings: Settings) -> None:
    sent: Any = sample_upload()
    sent._name = "../../etc/cron.d/letter\r\nX: y.pdf"  # past the cleaning of the upload handler
    note = desk.write(desk.labor_contact, files=[sent])
    stored = note.attachments.get()
    assert stored.name == "letterX y.pdf"
    path = Path(stored.file.path)
    assert path.parent == Path(settings.MEDIA_ROOT) / "notes"
    assert path.suffix == ".pdf"
    assert len(path.stem) == 32


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("C:\\temp\\..\\a.pdf", "a.pdf"),
        ("..", "file"),
        ("a\u202efdp.exe", "afdp.exe"),
        (".htaccess", "htaccess"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_harmless(sent: str, stored: str) -> None:
    assert safe_name(sent) == stored


# ---- adjudication --------------------------------------------------------------------------------------------------


def test_an_answer_is_superseded_and_never_edited(desk: Desk) -> None:
    note = desk.write(desk.labor_contact)
    first = desk.answer(note, "noted", "Seen.")
    assert desk.answer(note, "noted", "Seen.") == first
    second = desk.answer(note, "accepted", "")
    first.refresh_from_db()
    note.refresh_from_db()
    assert first.superseded_at is not None
    assert note.status == "adjudicated"
    assert [row.pk for row in notes_queries.earlier_answers(note)] == [first.pk]
    with owner_rights(), pytest.raises(InternalError), transaction.atomic():
        Adjudication.objects.filter(pk=second.pk).update(outcome="rejected")


@pytest.mark.parametrize("outcome", ["modified", "rejected", "noted", "deferred"])
def test_every_answer_but_acceptance_has_a_reason(desk: Desk, outcome: str) -> None:
    note = desk.write(desk.labor_contact)
    refused("rationale", desk.answer, note, outcome, " ")
    refused("max_length", desk.answer, note, outcome, "x" * 8_001)
    assert desk.answer(note, "accepted", "").outcome == "accepted"


def test_an_analyst_does_not_adjudicate_their_own_note(desk: Desk) -> None:
    note = desk.write(desk.office.analyst)
    refused("own_note", desk.answer, note)
    adjudications_services.adjudicate(note=note, outcome="accepted", rationale="", actor=desk.office.second)
    note.refresh_from_db()
    assert note.status == "closed"
    with pytest.raises(PermissionDenied):
        adjudications_services.adjudicate(note=note, outcome="noted", rationale="So", actor=desk.office.approver)


def test_private_note_of_an_agency_is_not_answered_and_does_not_block(desk: Desk) -> None:
    note = desk.critical(visibility="agency")
    with pytest.raises(PermissionDenied):
        desk.answer(note)
    assert not critical(desk)
    assert not notes_queries.disclosed_notes(desk.round)
    notes_services.share_note(note=note, visibility="office", actor=desk.labor_contact)
    assert "critical_open" in in_the_way(desk.round)


def test_critical_note_blocks_until_answered_and_its_rejection_is_disclosed(desk: Desk) -> None:
    note = desk.critical()
    desk.write(desk.labor_contact)
    desk.answer(note, "deferred", "Later.")
    assert critical(desk) == {"critical_open"}
    desk.answer(note, "rejected")
    assert critical(desk) == {"critical_rejected"}, "against the agency it is not settled"
    assert [thread.note for thread in notes_queries.disclosed_notes(desk.round)] == [note]
    assert Notification.objects.filter(kind="selection.note_answered", recipient=desk.labor_contact).count() == 2


def test_agency_concurs_or_its_disagreement_is_disclosed(desk: Desk) -> None:
    note = desk.write(desk.labor_member)
    refused(
        "not_adjudicated", adjudications_services.concur, note=note, concurs=True, text="", actor=desk.labor_contact
    )
    desk.answer(note, "modified", "In the annex.")
    refused("text", adjudications_services.concur, note=note, concurs=False, text="", actor=desk.labor_contact)
    adjudications_services.concur(note=note, concurs=False, text="It belongs into the memo.", actor=desk.labor_contact)
    note.refresh_from_db()
    assert note.status == "escalated"
    assert notes_queries.disclosed_notes(desk.round)
    adjudications_services.concur(note=note, concurs=True, text="", actor=desk.labor_member)
    note.refresh_from_db()
    assert (note.status, notes_queries.disclosed_notes(desk.round)) == ("closed", [])
    desk.answer(note, "accepted", "")
    note.refresh_from_db()
    assert note.status == "adjudicated"
    other = make_account(Role.REVIEWER, username="third", agency=desk.labor)
    with pytest.raises(PermissionDenied):
        adjudications_services.concur(note=note, concurs=True, text="", actor=other)


def test_a_second_writer_on_a_changed_note_is_rejected(desk: Desk) -> None:
    note = desk.write(desk.labor_contact)
    before = notes_queries.revision_of(note)
    desk.answer(note, "accepted", "")
    values: dict[str, Any] = {"note": note, "expected_revision": before}
    refused(
        "changed",
        adjudications_services.adjudicate,
        outcome="rejected",
        rationale="No.",
        actor=desk.office.second,
        **values,
    )
    refused("changed", notes_services.withdraw_note, reason="So", actor=desk.labor_contact, **values)
    refused("changed", notes_services.share_note, visibility="all", actor=desk.labor_contact, **values)
    content = NoteContent(kind="major", text="So.")
    refused(
        "changed", notes_services.supersede_note, content=content, visibility="all", actor=desk.labor_contact, **values
    )
    current = note.adjudications.get(superseded_at__isnull=True)
    assert current.outcome == "accepted"
    adjudications_services.concur(note=note, concurs=True, text="", actor=desk.labor_contact)
    assert notes_queries.revision_of(note) != before
