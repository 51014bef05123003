"""Work of the office on rounds: answers of agencies, notes, ratings, the next step, and reviews that expire."""

from __future__ import annotations

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Value,
    When,
)

from cpc.database.own_sql import own_sql
from cpc.site.queue import Category
from cpc.site.queue_rows import Branch, Expression, Row, Shown, account, today
from cpc.web import formats
from indicators.models import Country
from selection.database import consultation_sql
from selection.models import (
    CLOSED,
    Admission,
    Candidate,
    ConsultationRequest,
    ModelState,
    Note,
    NoteKind,
    NoteStatus,
    NoteVisibility,
    PoolDecision,
    PoolReason,
    Position,
    PositionValue,
    Recommendation,
    RequestCandidate,
    RestrictionFinding,
    RoundState,
    ScoringModel,
    SelectionRound,
)
from selection.queue.branches import (
    count,
    first,
    more_time,
    note_page,
    of_round,
    owed,
    page,
    positions,
    round_name,
    short_name,
)
from selection.queue.consent import refused
from selection.queue.questions import asked

EXPIRES_WITHIN = 30
"""Days before its last day on which a review or an admission enters the queue."""

STEPS = {
    RoundState.DRAFT: ("screen", "Draw the pool of {}", "The round is a draft."),
    RoundState.SCREENING: ("start_scoring", "Check the pool of {} and start scoring", "The pool is drawn."),
}
"""Steps of a round that need nothing else: name, title, and why."""

UNRATED = """(
    (SELECT count(*) FROM selection_candidate c WHERE c.round_id = "selection_selectionround"."id"
        AND c.excluded_because = '')
    * (SELECT count(*) FROM selection_scoringmodel m, jsonb_array_elements(m.table -> 'criteria') AS x
        WHERE m.id = "selection_selectionround"."model_id" AND x -> 'function' ->> 'kind' = 'rubric'
        AND coalesce(x ->> 'indicator', '') = '' AND (x ->> 'weight')::float > 0)
    - (SELECT count(DISTINCT (r.candidate_id, r.criterion)) FROM selection_rating r
        JOIN selection_candidate c ON c.id = r.candidate_id, selection_scoringmodel m,
            jsonb_array_elements(m.table -> 'criteria') AS x
        WHERE c.round_id = "selection_selectionround"."id" AND c.excluded_because = ''
        AND r.superseded_at IS NULL AND r.step IS NOT NULL AND m.id = "selection_selectionround"."model_id"
        AND x ->> 'key' = r.criterion AND x -> 'function' ->> 'kind' = 'rubric'
        AND coalesce(x ->> 'indicator', '') = '' AND (x ->> 'weight')::float > 0))"""
"""SQL for the cells of a round that no one rated with a step: of each candidate and criterion that raters supply."""

NOT_ASKED = consultation_sql.NOT_ASKED.format(round='"selection_selectionround"."id"')


def office_work() -> list[Branch]:
    return [*_answers(), *_requests(), refused(), asked(), *_notes(), *_rounds(), *_models(), *_expiring()]


def rating() -> list[Branch]:
    rows = SelectionRound.objects.filter(state=RoundState.SCORING).alias(left=own_sql(UNRATED, IntegerField()))
    return [
        of_round(
            "ratings", Category.RATINGS, rows.filter(left__gt=0),
            lambda row: Shown(
                f"Rate {formats.count_of(row.facts['left'], 'open cell')}, {row.subject}",
                page("round-ratings", row.id),
                "Missing ratings are drawn over the whole scale, so intervals are wide.", "Rate", "assessment",
            ),
            facts={"left": own_sql(UNRATED, IntegerField())},
        )
    ]  # fmt: skip


# ---- answers of agencies ---------------------------------------------------------------------------------------------


def _answers() -> list[Branch]:
    about: dict[str, Expression] = {
        "round": "request__round_id",
        "called": round_name("request__round__"),
        "agency": short_name("agency__"),
        "text": "text",
    }
    rows = positions().filter(dispositions__isnull=True)
    subject = "candidate__country__name"

    def disposition(row: Row) -> str:
        return page("position-disposition", row.facts["round"], row.id)

    wishes = positions().filter(value=PositionValue.EXTENSION, extension_answer__isnull=True)
    proceeded = Position.objects.filter(pk=OuterRef("pk"), request__proceeded__candidate=F("candidate"))
    return [
        Branch(
            "objection", Category.ANSWERS, rows.filter(value=PositionValue.DOES_NOT_CLEAR),
            lambda row: Shown(
                f"Answer {row.facts['agency']} on {row.subject}", disposition(row),
                f"{row.facts['agency']} does not clear: “{row.text('text', 110)}”", "Answer", "highlight_off",
            ),
            subject=subject, since="at", who="given_by__name", facts=about,
        ),
        Branch(
            "edits", Category.ANSWERS, rows.filter(value=PositionValue.CLEAR_WITH_EDITS),
            lambda row: Shown(
                f"Accept or reject each edit of {row.facts['agency']} on {row.subject}", disposition(row),
                f"“{row.text('text', 120)}”", "Settle", "edit",
            ),
            subject=subject, since="at", who="given_by__name", facts=about,
        ),
        Branch(
            "extension", Category.ANSWERS, wishes.filter(~Exists(proceeded)),
            lambda row: Shown(
                f"Answer {row.facts['agency']}, which asks for more time on {row.subject}",
                page("position-extension", row.facts["round"], row.id),
                f"Until {formats.day(row.day('until'))}: “{row.text('text', 100)}”", "Answer", "alarm",
            ),
            subject=subject, since="at", due="request__due_on", who="given_by__name",
            facts={**about, "until": "proposed_due_on"},
        ),
    ]  # fmt: skip


def silent() -> QuerySet[ConsultationRequest]:
    """Return the requests whose day has passed without all answers; a request for more time is none."""
    return ConsultationRequest.objects.filter(Exists(silent_on()))


def silent_on() -> QuerySet[RequestCandidate]:
    return owed().filter(~more_time(), request=OuterRef("pk"), request__due_on__lt=today())


def _requests() -> list[Branch]:
    drafts = ConsultationRequest.objects.filter(sent_at__isnull=True, dropped_at__isnull=True)
    drafts = drafts.exclude(round__state__in=CLOSED)
    facts = {"agency": short_name("agency__"), "round": "round_id", "statutory": "agency__statutory"}
    return [
        of_round(
            "silent", Category.FOLLOW_UP, silent(), _call, prefix="round__", due="due_on",
            facts={**facts, "left": count(silent_on(), "request"), "all": count(_all_of(), "request")},
        ),
        of_round(
            "request-send", Category.FOLLOW_UP, drafts,
            lambda row: Shown(
                f"Send or drop the request to {row.facts['agency']}, {row.subject}",
                page("round-request", row.facts["round"], row.id), "It is a draft.", "Open", "send",
            ),
            prefix="round__", since="at", who="drafted_by__name", facts=facts,
        ),
    ]  # fmt: skip


def _all_of() -> QuerySet[RequestCandidate]:
    return RequestCandidate.objects.filter(request=OuterRef("pk"), candidate__excluded_because=PoolReason.CANDIDATE)


def _call(row: Row) -> Shown:
    left, everything = row.facts["left"], row.facts["all"]
    which = (
        f"any of {formats.count_of(everything, 'candidate')}"
        if left == everything
        else (f"{left} of {formats.count_of(everything, 'candidate')}")
    )
    named = " The statute names it." if row.facts["statutory"] else ""
    return Shown(
        f"Call {row.facts['agency']}: no answer on {which}",
        page("round-request", row.facts["round"], row.id),
        f"{row.subject}. Silence never counts as clear.{named}", "Log the call", "phone",
    )  # fmt: skip


# ---- notes -----------------------------------------------------------------------------------------------------------


def _notes() -> list[Branch]:
    open_notes, disputed = notes_of_round(NoteStatus.OPEN), notes_of_round(NoteStatus.ESCALATED)
    rounds = SelectionRound.objects.exclude(state__in=CLOSED)

    def facts(rows: QuerySet[Note]) -> dict[str, Expression]:
        heaviest = Case(
            *[When(kind=kind, then=Value(weight)) for weight, kind in enumerate(NoteKind.values)],
            output_field=IntegerField(),
        )
        ordered = rows.order_by(heaviest, "pk")
        return {
            "count": count(rows, "round"),
            "critical": count(rows.filter(kind=NoteKind.CRITICAL), "round"),
            "series": first(ordered, "series"),
            "number": first(ordered, "number"),
        }

    def adjudicate(row: Row) -> str:
        return note_page(row, "adjudicate")

    return [
        of_round(
            "notes-adjudicate", Category.ANSWERS, rounds.filter(Exists(open_notes)),
            lambda row: Shown(
                f"Adjudicate {formats.count_of(row.facts['count'], 'note')}, {row.subject}", adjudicate(row),
                _because(row.facts["critical"]), "Adjudicate", "comment",
            ),
            since=first(open_notes.order_by("at"), "at"), facts=facts(open_notes),
        ),
        of_round(
            "notes-escalated", Category.ANSWERS, rounds.filter(Exists(disputed)),
            lambda row: Shown(
                f"Answer {formats.count_of(row.facts['count'], 'disputed note')}, {row.subject}", adjudicate(row),
                "The agency does not agree with the answer. It stops the memo if critical, and prints in it if major.",
                "Answer", "comment",
            ),
            since=first(disputed.order_by("at"), "at"), facts=facts(disputed),
        ),
    ]  # fmt: skip


def notes_of_round(status: str) -> QuerySet[Note]:
    """Return the notes of a round in a status that the account may adjudicate: all but its own."""
    rows = Note.objects.live().filter(round=OuterRef("pk"), status=status)
    return rows.exclude(visibility=NoteVisibility.AGENCY).exclude(agency__isnull=True, author=account())


def _because(critical: int) -> str:
    if not critical:
        return "None of them is critical, so none holds up the decision of the round."
    return f"{formats.spell_out(critical, 'is', 'are')} critical and must be answered before the decision."


# ---- steps of a round ------------------------------------------------------------------------------------------------


def _rounds() -> list[Branch]:
    # One piece: a table of branches, each with its own labels.
    rows = SelectionRound.objects.all()
    not_asked = own_sql(NOT_ASKED, BooleanField())
    rated = rows.filter(state=RoundState.SCORING).alias(left=own_sql(UNRATED, IntegerField()))
    asked = rows.filter(state=RoundState.CONSULTATION).alias(lacks_agency=not_asked)
    answered = asked.filter(~Exists(owed().filter(request__round=OuterRef("pk"))), lacks_agency=False)
    recommended = Recommendation.objects.filter(candidate=OuterRef("pk"), superseded_at__isnull=True)
    without = Candidate.objects.filter(
        ~Exists(recommended), round=OuterRef("pk"), excluded_because=PoolReason.CANDIDATE
    ).order_by("country__name")
    deliberated = rows.filter(state=RoundState.DELIBERATION)

    def step(row: Row) -> Shown:
        name, title, why = STEPS[RoundState(row.facts["state"])]
        return Shown(title.format(row.subject), page("round-step", row.id, name), why, "Open", "groups")

    return [
        of_round(
            "round-step", Category.FOLLOW_UP, rows.filter(state__in=list(STEPS)), step, facts={"state": "state"}
        ),
        of_round(
            "round-consult", Category.FOLLOW_UP, rated.filter(left__lte=0),
            lambda row: Shown(
                f"Open the consultation of {row.subject}", page("round-step", row.id, "open_consultation"),
                "Each cell is rated.", "Open", "groups",
            ),
        ),
        of_round(
            "statutory-ask", Category.FOLLOW_UP, asked.filter(lacks_agency=True),
            lambda row: Shown(
                f"Ask the agencies that the statute names, {row.subject}", page("round-request-new", row.id),
                "One of them is not asked, and no reason is on record (22 U.S.C. 7103a(d)).", "Ask", "forum",
            ),
        ),
        of_round(
            "round-deliberate", Category.FOLLOW_UP, answered,
            lambda row: Shown(
                f"Start the deliberation of {row.subject}", page("round-step", row.id, "deliberate"),
                "No answer is outstanding.", "Start", "groups",
            ),
        ),
        of_round(
            "recommend", Category.FOLLOW_UP, deliberated.filter(Exists(without)),
            lambda row: Shown(
                f"Recommend on {formats.count_of(row.facts['count'], 'candidate')}, {row.subject}",
                page("recommend", row.id, row.facts["code"]), "The memo needs a recommendation on each.",
                "Recommend", "groups",
            ),
            facts={"count": count(without, "round"), "code": first(without, "country__code")},
        ),
        of_round(
            "memo-issue", Category.FOLLOW_UP, deliberated.filter(~Exists(without), memos__isnull=True),
            lambda row: Shown(
                f"Send the memo of {row.subject} for decision", page("memo-issue", row.id),
                "Each candidate has a recommendation, and no memo was sent.", "Send", "groups",
            ),
        ),
    ]  # fmt: skip


def _models() -> list[Branch]:
    rows = ScoringModel.objects.filter(state=ModelState.DRAFT, note="", drafted_by=account())
    return [
        Branch(
            "model-describe", Category.FOLLOW_UP, rows,
            lambda row: Shown(
                f"Describe or withdraw your draft of {row.subject}, version {row.facts['number']}",
                page("model-settings", row.id), "An approver sees a draft once it tells what is different.", "Open",
                "settings",
            ),
            subject="title", since="at", facts={"number": "number"},
        )
    ]  # fmt: skip


# ---- what expires ----------------------------------------------------------------------------------------------------


def expiring_reviews(country: str = "pk") -> QuerySet[RestrictionFinding]:
    """Return the newest reviews of a country that expire soon or have expired; `country` is its key outside."""
    later = RestrictionFinding.objects.filter(country=OuterRef("country"), code=OuterRef("code"), pk__gt=OuterRef("pk"))
    rows = RestrictionFinding.objects.filter(~Exists(later), country=OuterRef(country))
    return rows.filter(expires_on__lte=today(EXPIRES_WITHIN))


def _expiring() -> list[Branch]:
    candidates = Candidate.objects.filter(country=OuterRef("pk"), excluded_because=PoolReason.CANDIDATE)
    candidates = candidates.exclude(round__state__in=CLOSED)
    countries = Country.objects.filter(Exists(candidates), Exists(expiring_reviews()))
    again = Admission.objects.filter(country=OuterRef("country"), pk__gt=OuterRef("pk")).exclude(
        decision=PoolDecision.REFUSED
    )
    admissions = Admission.objects.filter(
        ~Exists(again), decision=PoolDecision.APPROVED, ended_on__isnull=True,
        until__gte=today(), until__lte=today(EXPIRES_WITHIN),
    )  # fmt: skip
    return [
        Branch(
            "restrictions", Category.FOLLOW_UP, countries,
            lambda row: Shown(
                f"Renew {formats.count_of(row.facts['count'], 'restriction review')} of {row.subject}",
                page("restriction-list", row.facts["code"]), "A review counts until its last day.", "Review", "lock",
            ),
            subject="name", due=first(expiring_reviews().order_by("expires_on"), "expires_on"),
            facts={"count": count(expiring_reviews(), "country"), "code": "code"},
        ),
        Branch(
            "admission-ends", Category.FOLLOW_UP, admissions,
            lambda row: Shown(
                f"Renew the admission of {row.subject} to the pool, or let it end", page("pool-admit"),
                "From its last day on, the rules put the country outside the pool.", "Propose", "filter_list",
            ),
            subject="country__name", due="until",
        ),
    ]  # fmt: skip
