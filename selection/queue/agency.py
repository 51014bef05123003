"""Work of a reviewer: candidates to answer, answers to look at again, and notes that the office answered."""

from __future__ import annotations

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Subquery

from cpc.database.own_sql import own_sql
from cpc.site.queue import Category
from cpc.site.queue_rows import Branch, Row, Shown, account, own_agency
from cpc.web import formats
from selection.models import (
    CLOSED,
    Note,
    NoteStatus,
    NoteVisibility,
    PositionDraft,
    PositionValue,
    SelectionRound,
)
from selection.queue.branches import (
    OWN_AGENCIES,
    count,
    first,
    more_time,
    newest_evidence,
    note_page,
    of_round,
    owed,
    page,
    positions,
    round_name,
)
from selection.queue.consent import agency_consents

OF_OWN_AGENCY = Q(agency__in=own_sql(OWN_AGENCIES))


def for_agency() -> list[Branch]:
    drafts = PositionDraft.objects.open().filter(request=OuterRef("request"), candidate=OuterRef("candidate"))
    to_answer = owed().filter(request__agency=own_agency())
    changed = positions().exclude(value=PositionValue.EXTENSION).filter(request__agency=own_agency())
    changed = changed.alias(newest=newest_evidence()).exclude(evidence=F("newest"))
    return [
        Branch(
            "position-answer", Category.ANSWERS, to_answer, _answer,
            subject="candidate__country__name", due="request__due_on", since="request__sent_at",
            who="request__sent_by__name",
            facts={
                "request": "request_id", "code": "candidate__country__code",
                "round": round_name("request__round__"), "asked": more_time(),
                "draft": Subquery(drafts.order_by("-pk").values("author__name")[:1]),
            },
        ),
        Branch(
            "position-changed", Category.ANSWERS, changed,
            lambda row: Shown(
                f"Confirm or change your agency's position on {row.subject}",
                _workbench(row),
                "The evidence changed after your agency answered.", "Compare", "update",
            ),
            subject="candidate__country__name", due="request__due_on",
            facts={"request": "request_id", "code": "candidate__country__code"},
        ),
        agency_consents(),
        of_round(
            "notes-judge", Category.ANSWERS, SelectionRound.objects.filter(Exists(_judged())).exclude(state__in=CLOSED),
            lambda row: Shown(
                f"Agree with {formats.count_of(row.facts['count'], 'answer')} to your agency's notes, or dispute "
                f"{formats.agree(row.facts['count'], 'it', 'them')}: {row.subject}",
                note_page(row, "concur"),
                "A dispute prints in the memo.", "Reply", "forum",
            ),
            facts={
                "count": count(_judged(), "round"),
                "series": first(_judged().order_by("pk"), "series"),
                "number": first(_judged().order_by("pk"), "number"),
            },
        ),
    ]  # fmt: skip


def _answer(row: Row) -> Shown:
    begun = f"{row.text('draft', 60)} drafted an answer." if row.facts["draft"] else "Nothing is started."
    if row.facts["asked"]:
        begun = "Your agency asked for more time; the office has not answered."
    return Shown(
        f"Answer the office on {row.subject}",
        _workbench(row),
        f"{row.facts['round']}. {begun} No response never counts as clear.",
        "Continue" if row.facts["draft"] else "Answer",
        "comment",
    )


def _workbench(row: Row) -> str:
    """Return the URL of the workbench, with the focus where its keys work."""
    return f"{page('consultation-review', row.facts['request'], row.facts['code'])}#candidate"


def _judged() -> QuerySet[Note]:
    """Return the answered notes of a round on which the account may speak for its agency."""
    own = Note.objects.live().filter(round=OuterRef("pk"), status=NoteStatus.ADJUDICATED)
    speaks = Q(author=account()) | Q(is_contact=True)
    contact = own_sql("(SELECT is_contact FROM accounts_user WHERE id = (SELECT account FROM asked))", BooleanField())
    return own.alias(is_contact=contact).filter(speaks, OF_OWN_AGENCY)


def sent_to_office() -> list[Branch]:
    """Return what an agency wrote and the office has to answer."""
    notes = Note.objects.live().filter(round=OuterRef("pk"), status__in=(NoteStatus.OPEN, NoteStatus.ESCALATED))
    notes = notes.exclude(visibility=NoteVisibility.AGENCY).filter(OF_OWN_AGENCY)
    objections = positions().filter(
        request__agency=own_agency(), value=PositionValue.DOES_NOT_CLEAR, dispositions__isnull=True
    )
    return [
        of_round(
            "notes-sent", Category.ANSWERS, SelectionRound.objects.filter(Exists(notes)).exclude(state__in=CLOSED),
            lambda row: Shown(
                f"{formats.count_of(row.facts['count'], 'note')} of your agency, {row.subject}",
                page("round-matrix", row.id), "", "Open", "forum",
            ),
            since=first(notes.order_by("at"), "at"), who=own_sql("'the TIP Office'::text"),
            facts={"count": count(notes, "round")},
        ),
        Branch(
            "objection-sent", Category.ANSWERS, objections,
            lambda row: Shown(
                f"{row.subject}, your agency does not clear",
                _workbench(row), "", "Open", "comment",
            ),
            subject="candidate__country__name", since="at", who=own_sql("'the TIP Office'::text"),
            facts={"request": "request_id", "code": "candidate__country__code"},
        ),
    ]  # fmt: skip
