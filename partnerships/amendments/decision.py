"""Facts for the decision on an amendment: its text and clearance, and the term and plan after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.findings import errors
from cpc.web import formats
from cpc.web.markup import link
from partnerships import limits
from partnerships.amendments import presenters
from partnerships.amendments.preconditions import position_then
from partnerships.clearance_facts import Facts, version_facts
from partnerships.clearing import AnswerStatus
from partnerships.limit_presenters import month_count
from partnerships.lookups.clearance import Clearance
from partnerships.models import (
    Amendment,
    AmendmentChange,
    AmendmentKind,
    AmendmentState,
    Partnership,
    ProgramAmount,
    TextVersion,
)

OPEN = (AmendmentState.DRAFT, AmendmentState.SUBMITTED, AmendmentState.APPROVED)


def then_facts(partnership: Partnership, changes: Sequence[AmendmentChange], today: date) -> Facts:
    """Return the plan and the term once the changes take effect, with what the limits leave."""
    then = position_then(partnership, changes, today)
    left = then.binding.funding - then.totals.planned
    rest = "nothing left" if not left else f"{formats.dollars(abs(left))} {'left' if left > 0 else 'over the limit'}"
    planned = f"{formats.dollars(then.totals.planned)} of {formats.dollars(then.binding.funding)} planned, {rest}"
    facts: Facts = [("Plan once in effect", planned)]
    first = limits.counted_from(then.starts_on, partnership.signed_on)
    if first and then.ends_on:
        months = limits.months_needed(first, then.ends_on)
        allowed = month_count(then.binding.term_months)
        facts.append(("Term once in effect", f"{months} of {allowed}, to {formats.day(then.ends_on)}"))
    return facts


def text_facts(amendment: Amendment, clearance: Clearance) -> Facts:
    """Return the document of an amendment and the files that offices clear, or that it has no text."""
    newest = clearance.newest
    if amendment.document is None and newest is None:
        return [("Text", "None: no document is attached, and no version was sent for clearance.")]
    facts: Facts = []
    if amendment.document is not None:
        facts.append(("Document", _file(amendment, amendment.document.pk, str(amendment.document.document))))
    return [*facts, *version_facts(clearance, "In clearance")]


def _file(amendment: Amendment, document: int, label: str) -> SafeString:
    return link(reverse("partnership-document-file", args=[amendment.partnership_id, document]), label)


def clearance_fact(amendment: Amendment, clearance: Clearance, today: date) -> Facts:
    """Return how far the clearance of the text is, with the link to it."""
    if amendment.kind == AmendmentKind.CORRECTION and not clearance.versions:
        return []  # it records what was signed: there is no new text
    url = reverse("partnership-clearance-text", args=[amendment.partnership_id, amendment.number])
    sentence = clearance_sentence(amendment, clearance, today)
    return [("Clearance", format_html("{} {}", sentence, link(url, "See the clearance")))]


def clearance_sentence(amendment: Amendment, clearance: Clearance, today: date) -> str:
    if not clearance.versions:
        return "No version of the text was sent for clearance."
    if amendment.state == AmendmentState.APPLIED:
        return f"{clearance.newest} is the text of record."
    stops = len(errors(clearance.findings(today)))
    if not stops:
        return "Nothing stops the signing."
    return f"{formats.spell_out(stops, 'point stops', 'points stop')} the signing."


@dataclass(frozen=True, slots=True)
class TextChange:
    """The newest version of the text of an amendment, which no changed value shows, and who objects to it."""

    version: TextVersion
    objections: Sequence[tuple[str, str]]


def text_change(clearance: Clearance, today: date) -> TextChange | None:
    """Return what the newest version changes in the text, or None if it is the first one and no one objects."""
    version = clearance.newest
    if version is None:
        return None
    objections = [
        (office.name, one.answer.comment)
        for office, one in clearance.statuses(today)
        if one.status is AnswerStatus.REFUSED and one.answer is not None
    ]
    return TextChange(version, objections) if version.number > 1 or objections else None


def other_facts(amendment: Amendment, changes: Sequence[AmendmentChange]) -> Facts:
    """Return the other open amendments, and the values that they change to something else than this one."""
    others = amendment.partnership.amendments.filter(state__in=OPEN).exclude(pk=amendment.pk)
    own = {_key(change): change.new for change in changes}
    facts: Facts = []
    for other in others.prefetch_related("changes").order_by("number"):
        url = reverse("partnership-amendment", args=[other.partnership_id, other.number])
        rivals = [row for row in other.changes.all() if _key(row) in own and own[_key(row)] != row.new]
        text = format_html("{}, {}.", link(url, str(other)), other.get_state_display().lower())
        for line in presenters.differences(rivals):
            text = format_html("{} It sets another value of the same item: {}, {}.", text, _item(line), line.new)
        facts.append(("Also open", text))
    return facts


def _item(line: presenters.Difference) -> str:
    return line.field.lower() if line.what == "The partnership" else f"{line.what}, {line.field.lower()}"


def _key(change: AmendmentChange) -> tuple[object, ...]:
    """Return what a change is about: a column of a row, an amount of a program, or its own new row."""
    if change.row_table == _table(ProgramAmount):
        return change.row_table, change.new["program_id"], change.new["government"]
    if change.row_id is None:
        return change.row_table, "new", change.pk
    return change.row_table, change.row_id, change.column


def _table(model: type[Model]) -> str:
    return model._meta.db_table


def decision_facts(amendment: Amendment, clearance: Clearance, today: date) -> Facts:
    """Return all that an approver reads before a decision: what it leads to, its text, and what else is open."""
    partnership, changes = amendment.partnership, list(amendment.changes.all())
    return [
        *(then_facts(partnership, changes, today) if changes else ()),
        *text_facts(amendment, clearance),
        *clearance_fact(amendment, clearance, today),
        *other_facts(amendment, changes),
    ]
