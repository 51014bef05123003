"""Recommendation, decision by another person, freeze, and the memo with all its content."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.db.models import Model
from docx import Document

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from selection.decisions import services as decisions_services
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import TEMPLATE
from selection.evidence import services as evidence_services
from selection.models import Decision, Memo, MemoTemplate, Position, Recommendation, RestrictionFinding, RoundFreeze
from selection.rounds import services as rounds_services
from tests.selection.decisions.deliberating import (
    Deliberation,
    committed,
    decided,
    in_deliberation,
    recommended,
)
from tests.support import deciding
from tests.support.accounts import set_by_owner
from tests.support.error_codes import constraint_code
from tests.support.rankings import publish_values, value
from tests.support.rounds import ON, Office
from tests.support.unguarded import unguarded

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(deliberation: Deliberation) -> Office:
    return deliberation.office


def codes(refused: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    named: dict[str, list[ValidationError]] = getattr(refused.value, "error_dict", None) or {
        "": refused.value.error_list
    }
    return [str(error.code) for errors in named.values() for error in errors]


def test_drafter_cannot_decide_by_service_or_sql(office: Office) -> None:
    found = in_deliberation()
    row = recommended(office, found)
    with pytest.raises(PermissionDenied):
        deciding.decide(recommendation=row, action="select", actor=office.analyst, on=ON)

    def by_sql() -> str:
        own = Decision(recommendation=row, candidate=row.candidate, action="select", decided_by=office.analyst)
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            own.save()
        return constraint_code(refused.value)

    assert by_sql() == "may_not_approve"
    set_by_owner(User.objects.filter(pk=office.analyst.pk), role=Role.APPROVER)
    assert by_sql() == "two_people"
    deciding.decide(recommendation=row, action="select", actor=office.approver, on=ON)
    with pytest.raises(ValidationError) as again:
        deciding.decide(recommendation=row, action="select", actor=office.approver, on=ON)
    assert codes(again) == ["decided_already"]


def test_recommendation_is_superseded_and_a_second_writer_gets_a_conflict(office: Office) -> None:
    found = in_deliberation()
    first = recommended(office, found)
    assert recommended(office, found) == first
    ghana = office.candidate(found)
    second = deciding.recommend(
        candidate=ghana,
        action="defer",
        rationale="Wait for the census",
        actor=office.analyst,
        expected_revision=str(first.pk),
    )
    with pytest.raises(ValidationError) as refused:
        deciding.recommend(
            candidate=ghana, action="select", rationale="Now", actor=office.second, expected_revision=str(first.pk)
        )
    assert codes(refused) == ["changed"]
    with pytest.raises(ValidationError) as refused:
        deciding.decide(recommendation=first, action="select", actor=office.approver, on=ON)
    assert codes(refused) == ["superseded"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Recommendation.objects.filter(pk=second.pk).update(rationale="Other")


def test_country_below_the_statutory_criteria_cannot_be_selected(office: Office) -> None:
    found = in_deliberation()
    row = recommended(office, found)
    committed(office, found, step=1)
    with pytest.raises(ValidationError) as refused:
        deciding.decide(recommendation=row, action="select", actor=office.approver, on=ON)
    assert codes(refused) == ["mandatory_not_met"]
    assert "Political will: prosecution rated 2 or more" in refused.value.messages[0]
    committed(office, found, step=2)
    deciding.decide(recommendation=row, action="select", actor=office.approver, on=ON)


def test_the_round_closes_with_every_decision_and_its_memo_and_is_frozen(office: Office) -> None:
    found = in_deliberation()
    with pytest.raises(ValidationError) as refused:
        rounds_services.take_round_step(selection_round=found, name="decide", actor=office.approver, on=ON)
    assert codes(refused) == ["no_recommendation", "no_memo"]
    row = recommended(office, found)
    memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
    with pytest.raises(ValidationError) as refused:
        rounds_services.take_round_step(selection_round=found, name="decide", actor=office.approver, on=ON)
    assert codes(refused) == ["undecided"]
    first = deciding.decide(recommendation=row, action="select", actor=office.approver, on=ON)
    rounds_services.take_round_step(selection_round=found, name="decide", actor=office.approver, on=ON)
    frozen = RoundFreeze.objects.get()
    assert decisions_services.verify_freezes([frozen], found) == [[]]
    assert [memo.content["recommendations"][0]["decision"] for memo in found.memos.order_by("number")] == ["", "Select"]
    assert set(frozen.manifest["memos"]) == {"1", "2"}
    for change in (
        lambda: office.rate(office.candidate(found)),
        lambda: memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON),
    ):
        with pytest.raises(ValidationError) as refused:
            change()
        assert codes(refused) in (["round_closed"], ["state"])
    deciding.recommend(
        candidate=office.candidate(found), action="defer", rationale="An election was called", actor=office.analyst
    )
    changed = deciding.decide(
        recommendation=Recommendation.objects.get(superseded_at=None), action="defer", actor=office.approver, on=ON
    )
    first.refresh_from_db()
    assert changed.supersedes == first
    assert first.superseded_at is not None
    second = RoundFreeze.objects.get(number=2)
    assert set(second.manifest["memos"]) == {"1", "2", "3", "4"}
    assert second.hash != frozen.hash
    newest = Memo.objects.get(number=4).content["recommendations"][0]
    assert (newest["decision"], newest["supersedes"]) == ("Defer", "Select")
    assert decisions_services.verify_freezes([second, frozen], found) == [[], []]


def test_a_row_that_was_touched_after_the_freeze_is_named(office: Office) -> None:
    found = in_deliberation()
    decided(office, found)
    memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
    rounds_services.take_round_step(selection_round=found, name="decide", actor=office.approver, on=ON)
    position = Position.objects.get(value="does_not_clear")
    with unguarded():
        Position.objects.filter(pk=position.pk).update(text="Fine.")
    assert decisions_services.verify_freezes([RoundFreeze.objects.get()], found) == [
        [f"Position {position.pk} has changed."]
    ]


def test_a_change_of_mind_in_deliberation_is_another_decision_too(office: Office) -> None:
    found = in_deliberation()
    first = decided(office, found)
    deciding.recommend(
        candidate=first.candidate, action="shortlist", rationale="The ministry asked for a year", actor=office.analyst
    )
    first.refresh_from_db()
    assert first.superseded_at is None
    memo = memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON).content["recommendations"][0]
    assert (memo["label"], memo["decision"], memo["in_effect"]) == ("Shortlist", "", "Select")
    with pytest.raises(ValidationError) as refused:
        rounds_services.take_round_step(selection_round=found, name="decide", actor=office.approver, on=ON)
    assert codes(refused) == ["undecided"]
    second = deciding.decide(
        recommendation=Recommendation.objects.get(superseded_at=None),
        action="shortlist",
        actor=office.approver,
        on=ON,
    )
    first.refresh_from_db()
    assert (second.supersedes, first.superseded_at is not None) == (first, True)


def test_country_outside_the_pool_cannot_be_selected(office: Office) -> None:
    found = in_deliberation()
    row = recommended(office, found)
    rounds_services.move_candidate(
        candidate=row.candidate, into_pool=False, reason="The government fell", actor=office.analyst
    )
    with pytest.raises(ValidationError) as refused:
        deciding.decide(recommendation=row, action="select", actor=office.approver, on=ON)
    assert codes(refused) == ["not_in_pool"]


@pytest.mark.parametrize(
    ("part", "model", "values"),
    [
        ("Decision", Decision, {"remarks": "Other"}),
        ("Recommendation", Recommendation, {"rationale": "Other"}),
        ("Review of a restriction", RestrictionFinding, {"status": "waived"}),
    ],
)
def test_every_part_of_a_freeze_is_compared(
    office: Office,
    part: str,
    model: type[Model],
    values: dict[str, str],
) -> None:
    found = in_deliberation()
    decided(office, found)
    memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
    rounds_services.take_round_step(selection_round=found, name="decide", actor=office.approver, on=ON)
    rows = model._default_manager.order_by("pk")
    row = rows[0]
    with unguarded():
        rows.filter(pk=row.pk).update(**values)
    assert decisions_services.verify_freezes([RoundFreeze.objects.get()], found) == [[f"{part} {row.pk} has changed."]]


def test_the_memo_has_every_heading_table_and_image_with_alternative_text(office: Office, tmp_path: Path) -> None:
    found = in_deliberation()
    publish_values(tmp_path / "later", [value("cpi.score", "GHA", "2026", "44", error="2.5")], edition="2026", name="l")
    evidence_services.refresh_evidence(selection_round=found)
    decided(office, found)
    memo = memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
    assert memo_services.issue_memo(selection_round=found, actor=office.second, on=ON) == memo
    document = Document(io.BytesIO(memo.file.read()))
    headings = [p.text for p in document.paragraphs if p.style and (p.style.name or "").startswith("Heading")]
    for wanted in (
        "RECOMMENDATIONS",
        "BEFORE YOU DECIDE",
        "RESOURCES AND LAW",
        "ATTACHMENTS",
        "CLEARANCES",
        "Tab 1. Ranking",
        "Tab 2. Consultation record",
        "Positions in full",
        "Notes that are open, rejected, disputed, or deferred",
        "Tab 3. Restrictions, by exception",
        "Tab 4. Sources and hashes",
    ):
        assert wanted in headings
    assert any(heading.startswith("1. Ghana: select") for heading in headings)
    text = "\n".join(p.text for p in document.paragraphs)
    for wanted in (
        "Need is high and the courts are ready.",
        "Up to $5.0M over 60 months.",
        "Labor clears with comments (given on older evidence)",
        "“Say more of the fishing sector.”",
        "Justice does not clear Ghana: “Cases are not tried.” A court objective was added.",
        "Department of Labor: ok, with comments",
        "TIP Report Tier 3; ",  # all clear on one basis: one line
    ):
        assert wanted in text
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    run = found.runs.latest("number").run
    for wanted in (run.model_hash, run.snapshot_hash, memo.content_hash, "cpi-2025.csv"):
        assert any(wanted in cell for cell in cells)
    shapes = [shape._inline.docPr for shape in document.inline_shapes]
    assert len(shapes) == 1
    assert (
        shapes[0]
        .get("descr")
        .startswith(
            "Chart of the rank of each candidate with its ranks in 90% of the draws. Ghana: rank 1, 1 to 3 in 90%, "
        )
    )
    for table in document.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
    with pytest.raises(DatabaseError), transaction.atomic():
        Memo.objects.update(number=9)


def upload(data: bytes, name: str = "memo.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_an_edited_template_is_tried_before_it_is_taken(office: Office) -> None:
    own = TEMPLATE.read_bytes()
    document = Document(io.BytesIO(own))
    document.paragraphs[0].text = "SENSITIVE BUT UNCLASSIFIED"
    edited = io.BytesIO()
    document.save(edited)
    taken = memo_services.take_template(file=upload(edited.getvalue()), note="Marking", actor=office.analyst)
    assert memo_services.take_template(file=upload(edited.getvalue()), note="Again", actor=office.analyst) == taken
    assert memo_services.newest_template() is None, "a second person decides on it"
    memo_services.decide_template(template=taken, approve=True, actor=office.approver)
    found = in_deliberation()
    decided(office, found)
    memo = memo_services.issue_memo(selection_round=found, actor=office.analyst, on=ON)
    assert memo.template_sha256 == taken.sha256
    assert Document(io.BytesIO(memo.file.read())).paragraphs[0].text == "SENSITIVE BUT UNCLASSIFIED"
    document.paragraphs[0].text = "{{ nobody }}"
    broken = io.BytesIO()
    document.save(broken)
    for data, name, code in (
        (broken.getvalue(), "memo.docx", "template"),
        (b"not a document", "memo.docx", "file_kind"),
        (own, "memo.pdf", "file_kind"),
        (b"", "memo.docx", "file_empty"),
    ):
        with pytest.raises(ValidationError) as refused:
            memo_services.take_template(file=upload(data, name), note="", actor=office.analyst)
        assert codes(refused) == [code]
    assert MemoTemplate.objects.count() == 1


def test_a_template_reaches_nothing_outside_its_fields(office: Office) -> None:
    document = Document(io.BytesIO(TEMPLATE.read_bytes()))
    document.paragraphs[0].text = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    edited = io.BytesIO()
    document.save(edited)
    with pytest.raises(ValidationError) as refused:
        memo_services.take_template(file=upload(edited.getvalue()), note="", actor=office.analyst)
    assert codes(refused) == ["template"]
