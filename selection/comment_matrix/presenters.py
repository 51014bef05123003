"""The comment matrix as a list: its columns on the page, and those of its files."""

from __future__ import annotations

from django.template.defaultfilters import linebreaksbr, truncatechars
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.web import formats
from cpc.web.badges import Badge
from cpc.web.lists import ListPage, declare
from cpc.web.markup import badge, lines, link, small
from cpc.web.tables import Column, Table
from selection.models import NoteKind, SelectionRound
from selection.note_status import blocks
from selection.notes.matrix_columns import SHEET, section_of
from selection.notes.presenters.notes import FIELDS, agreement_mark, answer_mark
from selection.notes.queries import Thread

MATRIX = declare(
    ListPage(
        "matrix",
        "Comment matrix of a round",
        "note",
        "notes",
        "round-matrix",
        filters=("q", "agency", "candidate", "kind", "status"),
    )
)
CRITICAL = Badge("bad", "Critical", "priority_high")
LONGEST, LONGEST_QUOTE = 400, 300
"""Characters of a text that the page shows; files hold all of it."""


def matrix_table(selection_round: SelectionRound, user: User) -> Table[Thread]:
    """Return the table of notes. It links those that the account may adjudicate to the form."""
    may_answer = user.allows(Permission.RUN_ROUNDS) and selection_round.is_open

    def url(row: Thread) -> str:
        return reverse("note", args=[selection_round.pk, row.note.reference])

    def number(row: Thread) -> SafeString:
        return format_html('<a href="{}"><span class="u-sr">Note </span>{}</a>', url(row), row.note.reference)

    def adjudication(row: Thread) -> SafeString:
        answers = may_answer and row.answer is None and row.note.is_live and row.note.author_id != user.pk
        form = link(f"{url(row)}#adjudicate", "Adjudicate", f" note {row.note.reference}") if answers else ""
        return lines(badge(answer_mark(row)), format_html('<span class="u-small">{}</span>', form) if form else "")

    return Table(
        SHEET,
        [
            Column("No.", lambda row: row.note.reference, html=number, name="number", phone="Note no."),
            Column(
                "Agency, on what",
                _agency,
                detail=_about,
                name="agency",
                row_header=True,
                holds=("agency", "reviewer", "candidate", "section"),
            ),
            Column("Type", lambda row: row.note.get_kind_display(), html=_kind, name="kind"),
            Column(
                "Note and proposed text",
                lambda row: row.note.text,
                html=_text,
                name="text",
                phone="Note",
                css="is-wide is-text",
                holds=("text", "proposed_text"),
            ),
            Column("Adjudication", answer_mark, html=adjudication, name="outcome", holds=("outcome", "status")),
            Column("Adjudication rationale", _rationale, html=_short_rationale, name="answer", css="u-small is-reason"),
            Column("Reviewer agrees?", agreement_mark, html=_agrees, name="agrees"),
        ],
        caption="Notes with their adjudication",
        file=FIELDS,
        per_page=50,
        css="c-matrix",
        row_id=lambda row: f"m{row.note.reference}",
        row_css=lambda row: (
            "is-block" if blocks(kind=row.note.kind, status=row.note.status, visibility=row.note.visibility) else ""
        ),
    )


def _agency(row: Thread) -> str:
    return row.note.agency.name if row.note.agency else "TIP Office"


def _about(row: Thread) -> str:
    note, section = row.note, section_of(row)
    return f"{note.reviewer or note.author} on {note.subject}{f', {section}' if section else ''}"


def _kind(row: Thread) -> SafeString:
    if row.note.kind == NoteKind.CRITICAL:
        return badge(CRITICAL)
    return format_html("{}", row.note.get_kind_display())


def _text(row: Thread) -> SafeString:
    text, proposed = row.note.text, row.note.proposed_text
    quote = format_html("<blockquote>{}</blockquote>", _shortened(proposed, LONGEST_QUOTE)) if proposed else ""
    return format_html("{}{}", _shortened(text, LONGEST), quote)


def _rationale(row: Thread) -> str:
    return row.answer.rationale if row.answer else ""


def _short_rationale(row: Thread) -> SafeString:
    return _shortened(_rationale(row), LONGEST_QUOTE)


def _shortened(text: str, most: int) -> SafeString:
    return linebreaksbr(truncatechars(text, most))


def _agrees(row: Thread) -> SafeString:
    mark = agreement_mark(row)
    if mark is None:
        return SafeString(formats.DASH)
    return badge(mark) if mark.kind else small(mark.text)
