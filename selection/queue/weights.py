"""Work on weights and criteria: to answer, to make a draft of, and what is late."""

from __future__ import annotations

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet

from cpc.database.own_sql import own_sql
from cpc.site.queue import Category
from cpc.site.queue_rows import ACCOUNT, Branch, Shown, account, own_agency, today
from cpc.web import formats
from selection.models import (
    CriteriaAnswer,
    CriteriaRequest,
    ModelState,
    StatedWeights,
    WeightingDraft,
    WeightingExercise,
    WeightingParticipant,
)
from selection.queue.branches import count, page, short_name

IS_CONTACT = f"(SELECT is_contact FROM accounts_user WHERE id = {ACCOUNT})"  # noqa: S608  # a constant
CONTACT = own_sql(IS_CONTACT, BooleanField())
UNANSWERED = ~Exists(StatedWeights.objects.live().filter(participant=OuterRef("pk")))


def waited_for() -> QuerySet[WeightingParticipant]:
    """Return the participants of open exercises that owe an answer."""
    return WeightingParticipant.objects.filter(UNANSWERED, dropped_at__isnull=True, exercise__closed_at__isnull=True)


def unanswered_requests() -> QuerySet[CriteriaRequest]:
    """Return the requests on the criteria of a draft or published version that have no answer."""
    answered = CriteriaAnswer.objects.filter(request=OuterRef("pk"), superseded_at__isnull=True)
    current = (ModelState.DRAFT, ModelState.PUBLISHED)
    return CriteriaRequest.objects.filter(~Exists(answered), superseded_at__isnull=True, model__state__in=current)


def own_weights() -> list[Branch]:
    """Return the exercises that ask the account by name."""
    return [_weights(waited_for().filter(account=account()))]


def for_contacts() -> list[Branch]:
    """Return what waits for the point of contact of an agency."""
    asked = waited_for().filter(agency=own_agency()).alias(speaks=CONTACT).filter(speaks=True)
    requests = unanswered_requests().filter(agency=own_agency(), due_on__isnull=False)
    return [
        _weights(asked),
        Branch(
            "criteria-answer", Category.ANSWERS, requests.alias(speaks=CONTACT).filter(speaks=True),
            lambda row: Shown(
                f"Answer on the criteria of {row.subject}", page("criteria-answer", row.id),
                f"Version {row.facts['number']}. No response never counts as agreement.", "Answer", "comment",
            ),
            subject="model__title", due="due_on", since="asked_on", who="asked_by__name",
            facts={"number": "model__number"},
        ),
    ]  # fmt: skip


def _weights(rows: QuerySet[WeightingParticipant]) -> Branch:
    return Branch(
        "weighting-answer", Category.ANSWERS, rows,
        lambda row: Shown(
            f"State your weights for {row.subject}, version {row.facts['number']}",
            page("weighting-answer", row.facts["exercise"]),
            f"“{row.text('why', 120)}”", "Answer", "settings",
        ),
        subject="exercise__model__title", due="exercise__due_on", since="at", who="asked_by__name",
        facts={"exercise": "exercise_id", "why": "exercise__reason", "number": "exercise__model__number"},
    )  # fmt: skip


def exercise_work() -> list[Branch]:
    """Return the office's work: complete exercises, and answers that are late."""
    asked = WeightingParticipant.objects.filter(exercise=OuterRef("pk"), dropped_at__isnull=True)
    open_rows = WeightingExercise.objects.open()
    complete = open_rows.filter(Exists(asked), ~Exists(asked.filter(UNANSWERED)))
    late = asked.filter(UNANSWERED)
    drafted = WeightingDraft.objects.filter(exercise=OuterRef("pk"))
    requests = unanswered_requests().filter(due_on__lt=today())
    return [
        Branch(
            "weighting-complete", Category.FOLLOW_UP, complete.filter(~Exists(drafted)),
            lambda row: Shown(
                f"Make a draft from the weights for {row.subject}, version {row.facts['number']}",
                page("weighting", row.id),
                f"{formats.count_of(row.facts['count'], 'answer')}: everyone who was asked has answered.", "Open",
                "settings",
            ),
            subject="model__title", since="at", facts={"count": count(asked, "exercise"), "number": "model__number"},
        ),
        Branch(
            "weighting-late", Category.FOLLOW_UP, open_rows.filter(Exists(late), due_on__lt=today()),
            lambda row: Shown(
                f"Call for {formats.count_of(row.facts['left'], 'late answer')} on the weights of {row.subject}",
                page("weighting", row.id), "Give more time, stop asking, or close the exercise.", "Open", "phone",
            ),
            subject="model__title", due="due_on", facts={"left": count(late, "exercise")},
        ),
        Branch(
            "criteria-late", Category.FOLLOW_UP, requests,
            lambda row: Shown(
                f"Call {row.facts['agency']}: no answer on the criteria of {row.subject}",
                f"{page('model', row.facts['model'])}#consultation",
                "Its answer is printed with the adoption (22 U.S.C. 7103a(d)(5)).", "Open", "phone",
            ),
            subject="model__title", due="due_on",
            facts={"agency": short_name("agency__"), "model": "model_id"},
        ),
    ]  # fmt: skip


def sent_weights() -> list[Branch]:
    """Return what the office asked for and has not received."""
    late = Q(due_on__lt=today())
    left = WeightingParticipant.objects.filter(UNANSWERED, exercise=OuterRef("pk"), dropped_at__isnull=True)
    rows = WeightingExercise.objects.open().filter(Exists(left)).exclude(late)
    requests = unanswered_requests().filter(due_on__gte=today())
    return [
        Branch(
            "weighting-sent", Category.ANSWERS, rows,
            lambda row: Shown(
                f"{formats.count_of(row.facts['left'], 'answer')} on the weights of {row.subject}",
                page("weighting", row.id), "", "Open", "settings",
            ),
            subject="model__title", since="at", due="due_on", who=own_sql("'those asked'::text"),
            facts={"left": count(left, "exercise")},
        ),
        Branch(
            "criteria-sent", Category.ANSWERS, requests,
            lambda row: Shown(
                f"Answer of {row.facts['agency']} on the criteria of {row.subject}",
                f"{page('model', row.facts['model'])}#consultation", "", "Open", "comment",
            ),
            subject="model__title", since="asked_on", due="due_on", who=short_name("agency__"),
            facts={"agency": short_name("agency__"), "model": "model_id"},
        ),
    ]  # fmt: skip
