"""Services for scoring models: one person drafts a version, another publishes it, and it never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require, set_fields
from cpc.audit.authors import decider_findings
from cpc.database.revisions import check_revision
from cpc.findings import Finding, Severity, errors
from cpc.validation import validation_error
from selection.lookups.model_versions import measures
from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.editing import Change
from selection.model_definition.rules import check
from selection.models import ModelState, ScoringModel


def _locked(model: ScoringModel) -> ScoringModel:
    return ScoringModel.objects.select_for_update(of=("self",), no_key=True).get(pk=model.pk)


def _draft(model: ScoringModel, expected_revision: str | None) -> ScoringModel:
    """Return the locked draft in its current state.

    Raise `ValidationError` `not_draft`, or `EditConflict` if it changed after the page was opened.
    """
    draft = _locked(model)
    if draft.state != ModelState.DRAFT:
        state = draft.get_state_display().lower()
        message = f"{draft} is {state}, so you can't change it. To make changes, clone it into a new draft."
        raise ValidationError(message, code="not_draft")
    check_revision(draft.current_revision(), expected_revision)
    return draft


_LOCATIONS = {
    "": "",
    "hurdles": "Hurdle",
    "mandatory": "The statute's criterion",
    "rules": "Evidence rule",
    "choices": "The choice",
    "method": "The method",
}


def with_location(finding: Finding) -> Finding:
    """Return a finding whose message begins with the node or row that it is about, without its field."""
    kind, _, key = finding.field.rpartition("/")
    location = f"{_LOCATIONS[kind]} {key}".strip()
    message = f"{location} {finding.message}" if location else finding.message
    return Finding(finding.code, finding.severity, message, "", finding.citation)


def _refuse(findings: list[Finding]) -> None:
    if stops := errors(findings):
        raise validation_error(with_location(finding) for finding in stops)


@transaction.atomic
def _drafted(data: Mapping[str, Any], note: str, based_on: ScoringModel | None, actor: User) -> ScoringModel:
    key = str(data["key"])
    versions = ScoringModel.objects.filter(key=key)
    # Serialize drafting: a second request waits here, and then counts the draft that the first has created.
    list(versions.select_for_update(no_key=True).values_list("pk"))
    number = (versions.aggregate(Max("number"))["number__max"] or 0) + 1
    table = ModelTable.from_dict({**data, "version": str(number)})
    return create(
        ScoringModel(
            key=key,
            number=number,
            title=table.title,
            note=note.strip(),
            table=table.to_dict(),
            table_hash=table.hash,
            based_on=based_on,
            drafted_by=actor,
        ),
        actor=actor,
        action="drafted",
    )


@transaction.atomic
def clone_model(*, model: ScoringModel, note: str, actor: User) -> ScoringModel:
    """Create a draft with the table of any version. `note` describes the intended change."""
    require(actor, Permission.EDIT_MODELS)
    return _drafted(model.table, note, model, actor)


@transaction.atomic
def import_model(*, data: Mapping[str, Any], note: str, actor: User) -> ScoringModel:
    """Create a draft from plain data, such as an edited export.

    Raise `ValidationError` with the codes of `selection.model_definition.rules`, each naming its node.
    """
    require(actor, Permission.EDIT_MODELS)
    _refuse(check(data, measures()))
    known = ScoringModel.objects.filter(key=data["key"], state=ModelState.PUBLISHED).first()
    return _drafted(data, note, known, actor)


@transaction.atomic
def edit_model(
    *, model: ScoringModel, change: Change, actor: User, expected_revision: str | None = None, note: str | None = None
) -> ScoringModel:
    """Apply one change of `selection.model_definition.editing` to a draft.

    A change that adds an error to the draft is rejected with that error; errors that existed before do not block it.
    Raise `EditConflict` if the draft no longer has the `expected_revision`, and `ValidationError` with `not_draft`,
    `gone` or the codes of `selection.model_definition.rules`.
    """
    require(actor, Permission.EDIT_MODELS)
    draft = _draft(model, expected_revision)
    try:
        data = change(draft.table)
    except KeyError as error:
        raise ValidationError(f"The model no longer has {error.args[0]}.", code="gone") from error
    known = measures()
    before = {(finding.code, finding.field) for finding in errors(check(draft.table, known))}
    _refuse([finding for finding in check(data, known) if (finding.code, finding.field) not in before])
    table = ModelTable.from_dict(data)
    note = draft.note if note is None else note.strip()
    if (data, note) == (draft.table, draft.note):
        return draft
    values = {
        "table": table.to_dict(),
        "title": table.title,
        "table_hash": table.hash,
        "note": note,
        "revision": draft.revision + 1,  # as the trigger counts; named here for the entry that `as_it_was` reads
    }
    return set_fields(draft, values, actor=actor, action="changed")


def publication_findings(model: ScoringModel, actor: User | None) -> list[Finding]:
    """Return the findings that prevent publishing a draft, and warnings."""
    findings = [with_location(finding) for finding in check(model.table, measures())]
    findings[:0] = decider_findings(model, actor)
    if not model.note.strip():
        findings.append(Finding("note", Severity.ERROR, "In the settings, describe what is different, and why."))
    return findings


@transaction.atomic
def publish_model(*, model: ScoringModel, actor: User, expected_revision: str | None = None) -> ScoringModel:
    """Publish a draft; the version that was published before is superseded. Neither changes from then on.

    Raises `EditConflict` if the draft no longer has the `expected_revision`, and `ValidationError` with `two_people`,
    `note`, `not_draft` or the codes of `selection.model_definition.rules`.
    """
    require(actor, Permission.APPROVE_SELECTION)
    draft = _draft(model, expected_revision)
    if stops := errors(publication_findings(draft, actor)):
        raise validation_error(stops)
    now = timezone.now()
    for former in ScoringModel.objects.select_for_update().filter(key=draft.key, state=ModelState.PUBLISHED):
        set_fields(former, {"state": ModelState.SUPERSEDED, "superseded_at": now}, actor=actor, action="superseded")
    values = {"state": ModelState.PUBLISHED, "published_by": actor, "published_at": now}
    return set_fields(draft, values, actor=actor, action="published")


@transaction.atomic
def withdraw_model(*, model: ScoringModel, reason: str, actor: User) -> ScoringModel:
    """Withdraw a draft, with the reason. It can still be read and cloned."""
    require(actor, Permission.EDIT_MODELS)
    draft = _draft(model, None)
    if not reason.strip():
        raise ValidationError({"reason": ValidationError("Enter the reason.", code="reason")})
    values = {"state": ModelState.WITHDRAWN, "withdrawn_because": reason.strip()}
    return set_fields(draft, values, actor=actor, action="withdrew")
