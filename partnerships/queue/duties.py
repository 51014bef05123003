"""Dated work on partnerships in force: what both sides took on, dialogues, reviews, and open determinations."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from cpc.audit.authors import wrote_part
from cpc.site.queue import Category
from cpc.site.queue_rows import ACCOUNT, Branch, Expression, Row, Shown, fiscal_year_today, today
from cpc.web import formats
from partnerships.lookups.duties import (
    UNSETTLED,
    actions_open,
    activities_open,
    dialogue_day,
    dialogues_open,
    dialogues_to_plan,
    evaluations_open,
    last_held,
    measures_open,
    milestones_open,
    responsibilities_open,
    risks_open,
    without_dialogue,
)
from partnerships.lookups.field_findings import findings_to_check, findings_without_evidence
from partnerships.models import (
    AssessmentState,
    Contribution,
    ContributionStage,
    Correction,
    Determination,
    DeterminationKind,
    Dialogue,
    DialogueState,
    Evaluation,
    FieldFinding,
    FieldFindingStep,
    Government,
    KeyIndicator,
    Partnership,
    PlannedYear,
    RecordKind,
    YearAssessment,
)
from partnerships.queue.branches import MONTH, WEEK, label_of, newest, of_partnership, page, run_here
from partnerships.states import IN_FORCE


def duties() -> list[Branch]:
    return [
        *_terms(),
        _contributions(),
        *_reviews(),
        *_findings(),
        *_dialogues(),
        *_suspensions(),
        *_documented(),
    ]


def _dated(
    key: str,
    rows: QuerySet[Model],
    day: str,
    title: str,
    url: str,
    why: dict[str, Expression],
    *,
    prefix: str = "partnership",
    kind: str = "",
) -> Branch:
    """Return a branch of rows that are due by a day of their own, from a week before it."""

    def shown(row: Row) -> Shown:
        what = ": ".join(filter(None, (row.text("whose"), row.text("what"))))
        parts = [row.partnership, *([kind] if kind else []), row.id]
        return Shown(title.format(row.subject), page(url, *parts), what, "Record", "flag")

    due = rows.filter(**{f"{day}__lte": today(WEEK)})
    return of_partnership(key, Category.FOLLOW_UP, due, shown, prefix=prefix, due=day, facts=why)


def _terms() -> list[Branch]:
    return [
        _dated(
            "responsibility", responsibilities_open(), "due_on",
            "Record whether a responsibility was met, {}", "partnership-term",
            {"whose": "participant__name", "what": "text"}, kind="responsibility",
        ),
        _dated(
            "activity", activities_open(), "planned_end", "Record the course of an activity, {}", "partnership-term",
            {"what": "title"}, kind="activity",
        ),
        _dated(
            "milestone", milestones_open(), "planned_on", "Record whether a milestone was reached, {}",
            "partnership-term", {"whose": "activity__title", "what": "title"},
            prefix="activity__partnership", kind="milestone",
        ),
        _dated(
            "action", actions_open(), "due_on", "Close an action item of a dialogue, {}", "partnership-action-close",
            {"whose": "owner__name", "what": "text"}, prefix="dialogue__partnership",
        ),
    ]  # fmt: skip


def _of_same_program(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows with the program of the outer row, or without one if that has none."""
    none = Value(0)
    named: QuerySet[Any] = rows.alias(of=Coalesce("program_id", none))
    return named.filter(of=Coalesce(OuterRef("program_id"), none))


def _contributions() -> Branch:
    """Return planned contributions of partners to closed fiscal years of which no report is on record.

    No day is set for such a report, so none is due.
    """
    line = {name: OuterRef(name) for name in ("partnership", "government", "kind", "fiscal_year")}
    later = _of_same_program(PlannedYear.objects.filter(pk__gt=OuterRef("pk"), unit=OuterRef("unit"), **line))
    given = Contribution.objects.filter(replaced_by__isnull=True, **line).exclude(stage=ContributionStage.PLEDGED)
    owed = PlannedYear.objects.filter(
        ~Exists(later), ~Exists(_of_same_program(given)), run_here(statuses=UNSETTLED), amount__gt=0,
        government=Government.PARTNER, fiscal_year__lt=fiscal_year_today(),
    ).exclude(program__withdrawn=True)  # fmt: skip

    def shown(row: Row) -> Shown:
        what = ", ".join(filter(None, (row.text("program"), row.facts["kind"].lower())))
        title = f"Ask for the FY {row.facts['year']} report on contributions, {row.subject}"
        url = page("partnership-contribution-new", row.partnership)
        return Shown(title, url, f"{what}: a contribution is planned, and none is reported.", "Record", "flag")

    facts: dict[str, Expression] = {
        "year": "fiscal_year", "kind": label_of(PlannedYear, "kind"), "program": "program__title",
    }  # fmt: skip
    return of_partnership("contribution-owed", Category.FOLLOW_UP, owed, shown, facts=facts)


def _reviews() -> list[Branch]:
    outlook = "partnership-outlook-edit"
    return [
        _dated(
            "measure", measures_open(), "review_on", "Review a sustainability measure, {}", outlook,
            {"whose": "owner__name", "what": "text"}, kind="measure",
        ),
        _dated(
            "risk", risks_open(), "review_on", "Review a risk, {}", outlook,
            {"whose": "owner__name", "what": "text"}, kind="risk",
        ),
        _dated(
            "evaluation", evaluations_open(), "planned_on", "Record what came of an evaluation, {}", outlook,
            {"whose": label_of(Evaluation, "kind"), "what": "title"}, kind="evaluation",
        ),
    ]  # fmt: skip


def _findings() -> list[Branch]:
    others = findings_to_check().alias(is_own=wrote_part(FieldFinding, ACCOUNT)).filter(is_own=False)
    return [
        _dated(
            "finding", findings_without_evidence(), "due_on", "Record the evidence on a finding, {}",
            "partnership-finding", {"what": "text"},
        ),
        of_partnership(
            "finding-check", Category.FOLLOW_UP, others,
            lambda row: Shown(
                f"Check the evidence on a finding, {row.subject}",
                page("partnership-finding", row.partnership, row.id), row.text("what", 90), "Check", "report",
            ),
            since=newest(FieldFindingStep, "finding", "at"), facts={"what": "text"},
        ),
        of_partnership(
            "assessment-submit", Category.REPORTS,
            YearAssessment.objects.filter(run_here(statuses=UNSETTLED), state=AssessmentState.DRAFT),
            lambda row: Shown(
                f"Finish and submit the assessment of {formats.fiscal_year(row.facts['year'])}, {row.subject}",
                page("partnership-assessment", row.partnership, row.facts["year"]),
                "It is a draft; another person approves it.", "Open", "assessment",
            ),
            facts={"year": "fiscal_year"},
        ),
    ]  # fmt: skip


# ---- dialogues -------------------------------------------------------------------------------------------------------


def _dialogues() -> list[Branch]:
    # One piece: a table of branches, each with its own labels.
    ahead = dialogues_open()
    planned = ahead.filter(state=DialogueState.PLANNED, planned_on__lte=today(MONTH))
    held = Dialogue.objects.filter(run_here(statuses=UNSETTLED), state=DialogueState.HELD)
    soon = dialogues_to_plan(today()).alias(dialogue_due=dialogue_day()).filter(dialogue_due__lte=today(MONTH))
    has_key = Exists(KeyIndicator.objects.filter(dialogue=OuterRef("pk")))
    facts = {"number": "number"}

    def dialogue(row: Row) -> str:
        return f"dialogue {row.facts['number']} with {row.subject}"

    return [
        of_partnership(
            "dialogue-indicators", Category.REPORTS, planned.filter(~has_key),
            lambda row: Shown(
                f"Select key indicators for {dialogue(row)}",
                page("partnership-key-new", row.partnership, row.facts["number"]),
                "Key indicators are selected before each dialogue (GAO-23-105390).", "Select", "event",
            ),
            due="planned_on", facts=facts,
        ),
        of_partnership(
            "dialogue-ready", Category.REPORTS, planned.filter(has_key),
            lambda row: Shown(
                f"Prepare {dialogue(row)} and mark it ready",
                page("partnership-dialogue-step", row.partnership, row.facts["number"], "set_ready"),
                "Its key indicators are selected.", "Mark ready", "event",
            ),
            due="planned_on", facts=facts,
        ),
        of_partnership(
            "dialogue-hold", Category.REPORTS,
            ahead.filter(state=DialogueState.READY, planned_on__lte=today(WEEK)),
            lambda row: Shown(
                f"Record that {dialogue(row)} was held",
                page("partnership-dialogue", row.partnership, row.facts["number"]),
                "Enter its days, or say that it was canceled.", "Record", "event",
            ),
            due="planned_on", facts=facts,
        ),
        of_partnership(
            "dialogue-minutes", Category.REPORTS, held,
            lambda row: Shown(
                f"Conclude the minutes of {dialogue(row)}",
                page("partnership-dialogue-minutes", row.partnership, row.facts["number"]),
                "It was held, and its minutes are open.", "Write", "event",
            ),
            since="held_until", facts=facts,
        ),
        of_partnership(
            "dialogue-due", Category.REPORTS, soon,
            lambda row: Shown(
                f"Plan the yearly dialogue with {row.subject}", page("partnership-dialogue-new", row.id),
                _last_dialogue(row), "Plan", "event",
            ),
            prefix="", due=dialogue_day(), facts={"held": last_held()},
        ),
    ]  # fmt: skip


def _last_dialogue(row: Row) -> str:
    held = row.day("held")
    return f"The last dialogue on record is of {formats.day(held)}." if held else "No dialogue is on record."


# ---- suspensions -----------------------------------------------------------------------------------------------------


def suspensions() -> QuerySet[Determination]:
    """Return the suspensions that no reinstatement ended, with `corrected` and `opened`: counts of their grounds."""

    def count(**only: bool) -> Coalesce:
        rows = Correction.objects.filter(determination=OuterRef("pk"), **only).order_by().values("determination")
        return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)

    rows = Determination.objects.filter(
        run_here(statuses=IN_FORCE), kind=DeterminationKind.SUSPENSION, reinstatement__isnull=True
    )
    return rows.alias(opened=count(), corrected=count(closed_on__isnull=False))


def _suspensions() -> list[Branch]:
    return [
        of_partnership(
            "correction-open", Category.FOLLOW_UP, suspensions().filter(grounds__len__gt=F("opened")),
            lambda row: Shown(
                f"Record what corrects the grounds of the suspension of {row.subject}",
                page("partnership-correction-new", row.partnership, row.id),
                "A reinstatement needs a closed correction of each ground (22 U.S.C. 7103a(d)(6)(B)).",
                "Record", "report",
            ),
            since="determined_on",
        ),
    ]  # fmt: skip


# ---- partnerships that are known from public statements --------------------------------------------------------------


def _documented() -> list[Branch]:
    """Return what is missing from documented records. No one edits them here: a source is found, and then loaded."""
    rows = Partnership.objects.filter(kind=RecordKind.DOCUMENTED, status__in=IN_FORCE)
    silent = without_dialogue(rows, today()).alias(dialogue_due=dialogue_day()).filter(dialogue_due__lte=today(MONTH))
    load = "Find a public source, and have the fact loaded with the record."
    return [
        of_partnership(
            "documented-ended", Category.DATA, rows.filter(ends_on__lt=today()),
            lambda row: Shown(
                f"Find out how the partnership with {row.subject} ended", page("partnership", row.id),
                f"Its term ended on {formats.day(row.day('ended'))}; no source on record has what followed. {load}",
                "Open", "search",
            ),
            prefix="", facts={"ended": "ends_on"},
        ),
        of_partnership(
            "documented-dialogue", Category.DATA, silent,
            lambda row: Shown(
                f"Find out whether there was a dialogue with {row.subject} in the last year",
                page("partnership", row.id), f"{_last_dialogue(row)} {load}", "Open", "search",
            ),
            prefix="", facts={"held": last_held()},
        ),
    ]  # fmt: skip
