"""Notes on the evidence of a round, the replies to them, and their files.

A note's text is never edited, and a note is never deleted. Notes are numbered per round and agency; those that only
their agency sees have a series of their own. A note can be shown to more people, withdrawn with a reason, or superseded
by another note; each of these columns is set once and never reset.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.accounts.agencies import own_agencies
from cpc.accounts.models import Agency
from cpc.accounts.permissions import Permission
from cpc.checked import CheckedModel
from cpc.database.keys import time_key
from cpc.database.triggers import append_only, never_truncated, state_triggers
from indicators.models import Narrative, Observation
from selection.models.rounds import Candidate, SelectionRound
from selection.note_status import DerivedStatus
from selection.states import NOTE, NOTE_VISIBILITY

if TYPE_CHECKING:
    from cpc.accounts.models import User


class NoteKind(models.TextChoices):
    """Kind of a note, from the most to the least serious."""

    CRITICAL = "critical", "Critical"
    MAJOR = "major", "Major"
    SUBSTANTIVE = "substantive", "Substantive"
    ADMINISTRATIVE = "administrative", "Administrative"


class NoteAnchor(models.TextChoices):
    ROUND = "round", "The round as a whole"
    CANDIDATE = "candidate", "The candidate as a whole"
    CRITERION = "criterion", "A criterion"
    OBSERVATION = "observation", "A value"
    SENTENCE = "sentence", "A sentence of the narrative"


class NoteVisibility(models.TextChoices):
    """Visibility of a note, from the fewest readers to the most. It can be widened but never narrowed."""

    AGENCY = "agency", "My agency only"
    OFFICE = "office", "The office and the agency"
    ALL = "all", "The office and all consultees"


class NoteStatus(models.TextChoices):
    """Status of a note, as derived by `selection.note_status.status_of`."""

    OPEN = DerivedStatus.OPEN.value, "Open"
    ADJUDICATED = DerivedStatus.ADJUDICATED.value, "Adjudicated"
    ESCALATED = DerivedStatus.ESCALATED.value, "Escalated"
    CLOSED = DerivedStatus.CLOSED.value, "Closed"


OFFICE_SERIES = "TIP"
PRIVATE = "-private"
"""End of the series of notes that only their agency sees. Codes are in capitals, so it is the end of no other one."""


def series_of(agency: Agency | None, visibility: str) -> str:
    """Return the series that numbers an agency's notes: its code in capitals, or `TIP` for the office.

    Each agency has its own series because gaps in a shared one would reveal how many notes other agencies write. For
    the same reason, the notes that only the agency sees have another one; a note that is shared gets the next number
    that everyone sees.
    """
    code = OFFICE_SERIES if agency is None else agency.code.upper()
    return f"{code}{PRIVATE}" if visibility == NoteVisibility.AGENCY else code


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: User) -> NoteQuerySet:
        """Return the notes that an account may see, on pages, in exports, and over REST.

        ======================= ============ ======================= =============================== ============
        Note of, visibility     office       that agency's reviewer  another agency's reviewer       anyone else
        ======================= ============ ======================= =============================== ============
        agency, my agency only  hidden       seen                    hidden                          hidden
        agency, office          seen         seen                    hidden                          hidden
        agency, all             seen         seen                    seen where asked about its      hidden
                                                                     candidate; round-wide ones
                                                                     where asked in the round
        office, office          seen         --                      hidden                          hidden
        office, all             seen         --                      as for an agency's to all       hidden
        ======================= ============ ======================= =============================== ============

        The office is every account that may see notes (analyst, approver, administrator). Anyone else is a viewer, a
        program, or a disabled account of any role. An agency that succeeds another reads its predecessor's notes.
        """
        if user.allows(Permission.VIEW_NOTES):
            return self.exclude(visibility=NoteVisibility.AGENCY)
        if not user.allows(Permission.CONSULT) or user.agency_id is None:
            return self.none()
        asked = Candidate.objects.visible_to(user).values("pk")
        rounds = SelectionRound.objects.visible_to(user).values("pk")
        shared = Q(visibility=NoteVisibility.ALL) & (
            Q(candidate__in=asked) | Q(candidate__isnull=True, round__in=rounds)
        )
        return self.filter(Q(agency__in=own_agencies(user)) | shared)

    def live(self) -> NoteQuerySet:
        return self.filter(withdrawn_at__isnull=True, superseded_at__isnull=True)

    def blocking(self) -> NoteQuerySet:
        """Return the notes that prevent a round from being decided, by the rule of `selection.note_status.blocks`."""
        return self.filter(kind=NoteKind.CRITICAL, status=NoteStatus.OPEN).exclude(visibility=NoteVisibility.AGENCY)


_NEW_NUMBER = pgtrigger.Q(old__number__df=pgtrigger.F("new__number"))

_AS_WRITTEN = [
    "round", "private_number", "candidate", "anchor", "criterion", "observation", "narrative", "sentence",
    "locator", "agency", "author", "reviewer", "kind", "text", "proposed_text", "rationale", "section",
    "document_version", "supersedes", "at",
]  # fmt: skip


class Note(CheckedModel):
    """Note on a candidate or a round.

    `agency` is empty for the office's own notes. `reviewer` names the author where another person entered the note.
    `section` and `document_version` locate the passage of a document that the note is about. `status` is derived, and
    stored so that lists can filter by it. `private_number` is the number in the agency's own series, which the agency
    can still look up after the note was shared.
    """

    round = models.ForeignKey(SelectionRound, on_delete=models.PROTECT, related_name="notes")
    series = models.CharField(max_length=30)
    number = models.PositiveIntegerField()
    private_number = models.PositiveIntegerField(null=True, blank=True, editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    anchor = models.CharField(max_length=11, choices=NoteAnchor.choices, default=NoteAnchor.CANDIDATE)
    criterion = models.CharField(max_length=60, blank=True)
    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    sentence = models.TextField(blank=True)
    locator = models.CharField(max_length=300, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes")
    reviewer = models.CharField(max_length=120, blank=True)
    kind = models.CharField("type", max_length=14, choices=NoteKind.choices)
    text = models.TextField("note", max_length=8_000)
    proposed_text = models.TextField(max_length=8_000, blank=True)
    rationale = models.TextField(max_length=8_000, blank=True)
    section = models.CharField("section or paragraph", max_length=120, blank=True)
    document_version = models.CharField(max_length=60, blank=True)
    visibility = models.CharField("visible to", max_length=6, choices=NoteVisibility.choices)
    status = models.CharField(max_length=11, choices=NoteStatus.choices, default=NoteStatus.OPEN, editable=False)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by", editable=False
    )
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    withdrawn_because = models.TextField(blank=True, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ("round", "id")
        indexes = (
            models.Index(fields=("round", "status", "kind"), name="note_matrix"),
            models.Index(fields=("candidate", "id"), name="note_thread"),
        )
        constraints = (
            models.UniqueConstraint(
                name="note_number_once",
                fields=("round", "series", "number"),
                violation_error_code="note_number",
                violation_error_message="Another note has this number.",
            ),
            models.UniqueConstraint(
                name="note_private_number_once",
                fields=("round", "agency", "private_number"),
                violation_error_code="note_number",
                violation_error_message="Another note has this number.",
            ),
            models.CheckConstraint(
                name="note_series",
                condition=Q(visibility=NoteVisibility.AGENCY, series__endswith=PRIVATE, private_number=F("number"))
                | (~Q(visibility=NoteVisibility.AGENCY) & ~Q(series__endswith=PRIVATE)),
                violation_error_code="note_number",
                violation_error_message="A note that only its agency sees has a number of its own.",
            ),
            models.CheckConstraint(
                name="note_anchor",
                condition=Q(anchor="round", candidate__isnull=True, criterion="", observation=None, narrative=None)
                | Q(anchor="candidate", candidate__isnull=False, criterion="", observation=None, narrative=None)
                | (Q(anchor="criterion", candidate__isnull=False, observation=None, narrative=None) & ~Q(criterion=""))
                | Q(anchor="observation", candidate__isnull=False, observation__isnull=False, narrative=None)
                | (
                    Q(anchor="sentence", candidate__isnull=False, narrative__isnull=False, observation=None)
                    & ~Q(sentence="")
                ),
                violation_error_code="anchor",
                violation_error_message="Choose what the note is about: one criterion, one value, one sentence, "
                "or everything.",
            ),
            models.CheckConstraint(
                name="note_said",
                condition=~Q(text=""),
                violation_error_code="text",
                violation_error_message="Enter the text.",
            ),
            models.CheckConstraint(
                name="note_critical_reasoned",
                condition=~Q(kind=NoteKind.CRITICAL) | ~Q(rationale=""),
                violation_error_code="critical_rationale",
                violation_error_message="For a critical note, name the law or policy that is violated, or the risk.",
            ),
            models.CheckConstraint(
                name="note_of_office_is_shown_to_office",
                condition=Q(agency__isnull=False) | ~Q(visibility=NoteVisibility.AGENCY),
                violation_error_code="visibility",
                violation_error_message="The office must be able to see its own notes.",
            ),
            models.CheckConstraint(
                name="note_withdrawn_whole",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_because="")),
                violation_error_code="reason",
                violation_error_message="Enter the reason for withdrawing the note.",
            ),
            models.CheckConstraint(
                name="note_words_known",
                condition=Q(kind__in=NoteKind.values, status__in=NoteStatus.values),
                violation_error_code="kind",
            ),
        )
        triggers = (
            pgtrigger.ReadOnly(
                name="as_written",
                fields=_AS_WRITTEN,
            ),
            pgtrigger.Protect(
                name="numbered_anew_when_shared",
                operation=pgtrigger.Update,
                condition=(pgtrigger.Q(old__series__df=pgtrigger.F("new__series")) | _NEW_NUMBER)
                & (~pgtrigger.Q(old__visibility="agency") | pgtrigger.Q(new__visibility="agency")),
            ),
            *state_triggers(NOTE, field="status"),
            *state_triggers(NOTE_VISIBILITY, field="visibility", code="only_widened"),
            pgtrigger.Protect(
                name="taken_back_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False) | pgtrigger.Q(old__superseded_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            never_truncated(),
        )

    def __str__(self) -> str:
        return f"Note {self.reference}"

    @property
    def reference(self) -> str:
        """Return the note's reference in its round, such as DOL-3 or DOL-private-1.

        A new agency code does not change it.
        """
        return f"{self.series}-{self.number}"

    @property
    def subject(self) -> str:
        """Return what the note is about: its country's name, or "the round"."""
        return self.candidate.country.name if self.candidate is not None else "the round"

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None and self.superseded_at is None


class ReplyQuerySet(models.QuerySet["NoteReply"]):
    def visible_to(self, user: User) -> ReplyQuerySet:
        return self.filter(note__in=Note.objects.visible_to(user).values("pk"))


class NoteReply(models.Model):
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="replies")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField("reply", max_length=8_000)
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ("note", "id")
        verbose_name_plural = "note replies"
        constraints = (
            models.CheckConstraint(
                name="note_reply_said",
                condition=~Q(text=""),
                violation_error_code="text",
                violation_error_message="Enter the text.",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"Reply to {self.note}"


class NoteMention(models.Model):
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="mentions")
    reply = models.ForeignKey(NoteReply, on_delete=models.PROTECT, null=True, blank=True, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("note", "id")
        constraints = (
            models.UniqueConstraint(
                name="note_mention_once",
                fields=("note", "reply", "user"),
                nulls_distinct=False,
                violation_error_code="mention",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.user} in {self.note}"


class AttachmentQuerySet(models.QuerySet["NoteAttachment"]):
    def visible_to(self, user: User) -> AttachmentQuerySet:
        return self.filter(note__in=Note.objects.visible_to(user).values("pk"))


class NoteAttachment(models.Model):
    """File attached to a note. It is stored under a generated name; the original name is used only for downloads."""

    id = time_key()
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="attachments")
    reply = models.ForeignKey(NoteReply, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    name = models.CharField(max_length=120)
    file = models.FileField(upload_to="notes/", max_length=100)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField("SHA-256", max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ("note", "id")
        constraints = (
            models.CheckConstraint(
                name="note_attachment_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_code="sha256",
            ),
        )
        triggers = append_only()

    def __str__(self) -> str:
        return f"File of {self.note}"
