"""Partnerships, all that is written in them, and their documents, as search finds them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.search.indexing import find
from cpc.search.registry import Description, Findable, FoundPassage, Subject, subjects
from partnerships.models import (
    ActionItem,
    Activity,
    AgendaItem,
    Amendment,
    Award,
    CongressionalNotification,
    Contribution,
    DataPlan,
    Determination,
    Dialogue,
    Document,
    DocumentKind,
    DocumentVersion,
    Evaluation,
    EventConcern,
    FieldCheck,
    FieldFinding,
    FigureStatement,
    IndicatorMinute,
    Mechanism,
    Milestone,
    MonitoringPlan,
    Objective,
    OutcomeIndicator,
    Participant,
    Partnership,
    PerformanceNarrative,
    Program,
    Responsibility,
    Result,
    Risk,
    SubAward,
    SustainabilityMeasure,
    SustainabilityStrategy,
    YearAssessment,
)

SEE = Permission.VIEW_PARTNERSHIPS


def register() -> None:
    subjects.add(Subject("partnership", "Partnership", "Partnerships", "connect_without_contact", _partnerships, 20))
    subjects.add(Subject("document", "Document", "Documents", "file_present", _documents, order=50))
    for findable in (*_RECORD, *_TERMS, *_MONEY, *_RESULTS, *_DIALOGUES, *_DOCUMENTS):
        find(findable)


# ---- subjects --------------------------------------------------------------------------------------------------------


def _partnerships(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    rows = Partnership.objects.filter(pk__in=keys).select_related("country")
    return {
        row.pk: Description(
            row.title,
            reverse("partnership", args=[row.pk]),
            f"Partnership, {row.country.name}, {row.get_status_display().lower()}",
        )
        for row in rows
    }


def _documents(keys: Collection[int], _user: User) -> Mapping[int, Description]:
    rows = Document.objects.filter(pk__in=keys).select_related("partnership__country")
    return {
        row.pk: Description(
            row.title,
            reverse("partnership-documents", args=[row.partnership_id]),
            f"{row.get_kind_display()}, partnership with {row.partnership.country.name}",
        )
        for row in rows
    }


# ---- records of a partnership ----------------------------------------------------------------------------------------


def _of(parent: str, key: str) -> str:
    """Return the SQL of the partnership of a record below another one."""
    return f"(SELECT parent.partnership_id FROM partnerships_{parent} parent WHERE parent.id = r.{key})"  # noqa: S608


def _day(column: str) -> str:
    return f"extract(year FROM r.{column})::smallint"


def _part(
    kind: str,
    model: type[Model],
    label: str,
    many: str,
    page: str,
    *,
    number: str = "",
    about: str = "r.partnership_id",
    keys: Callable[[FoundPassage], list[int]] = lambda row: [row.subject],
    **more: Any,
) -> Findable:
    """Return the declaration of a part of a partnership. Its partnership never changes, nor that one's country."""
    of_partnership = f"FROM partnerships_partnership p WHERE p.id = {about}"
    return Findable(
        kind,
        model,
        subject="partnership",
        about=about,
        label=f"'{label} ' || {number}" if number else f"'{label}'",
        many=many,
        permission=SEE,
        country=f"(SELECT p.country_id {of_partnership})",
        is_sample=f"(SELECT p.kind = 'sample' {of_partnership})",
        url=lambda row: reverse(page, args=keys(row)),
        **more,
    )


def _not_replaced(model: type[Model]) -> Callable[[User], QuerySet[Any]]:
    """Return the condition that a record is the newest of its corrections."""
    return lambda _user: model._default_manager.filter(replaced_by__isnull=True)


def _record(row: FoundPassage) -> list[int]:
    return [row.subject, row.record]


def _source(row: FoundPassage) -> list[int]:
    return [row.subject, row.source]


_RECORD = (
    Findable(
        "partnership",
        Partnership,
        subject="partnership",
        about="r.id",
        title=("title",),
        more_title="(SELECT c.name FROM indicators_country c WHERE c.id = r.country_id)",
        text=("origin_reason", "other_forms", "overlap_reason", "coordination_body"),
        more_text="array_to_string(r.focus_regions, ', ')",
        watch=("country_id", "focus_regions"),
        label="'Record'",
        many="partnerships",
        country="r.country_id",
        year="extract(year FROM coalesce(r.signed_on, r.starts_on))::smallint",
        author="r.opened_by_id",
        is_sample="r.kind = 'sample'",
        permission=SEE,
    ),
    _part("participant", Participant, "Participant", "participants", "partnership", text=("name", "contact_office")),
    _part(
        "determination",
        Determination,
        "Determination",
        "determinations",
        "partnership-determinations",
        title=("part",),
        text=("text", "signatory"),
        year=_day("determined_on"),
        author="r.recorded_by_id",
    ),
    _part(
        "amendment",
        Amendment,
        "Amendment",
        "amendments",
        "partnership-amendment",
        number="r.number",
        keys=_source,
        source="r.number",
        title=("title",),
        text=("reason", "decision_note"),
        year=_day("requested_at"),
        author="r.requested_by_id",
    ),
    _part(
        "event_concern",
        EventConcern,
        "Event",
        "events",
        "partnership",
        text=("afterward", "source"),
        more_title="(SELECT e.title || '. ' || e.text FROM partnerships_generalevent e WHERE e.id = r.event_id)",
        year="(SELECT extract(year FROM e.happened_on)::smallint FROM partnerships_generalevent e "
        "WHERE e.id = r.event_id)",
    ),
    _part(
        "statement",
        FigureStatement,
        "Public statement",
        "public statements",
        "partnership-documents",
        text=("text", "source"),
        year=_day("stated_on"),
        author="r.recorded_by_id",
    ),
)

_TERMS = (
    _part(
        "objective",
        Objective,
        "Objective",
        "objectives",
        "partnership-terms",
        title=("title",),
        text=("text", "outcome"),
    ),
    _part(
        "responsibility",
        Responsibility,
        "Responsibility",
        "responsibilities",
        "partnership-terms",
        text=("text", "evidence"),
        year=_day("due_on"),
        watch=("due_on",),
    ),
    _part(
        "partnership_program",
        Program,
        "Program",
        "programs of partnerships",
        "partnership-terms",
        title=("title",),
        text=("description",),
    ),
    _part(
        "activity",
        Activity,
        "Activity",
        "activities",
        "partnership-terms",
        title=("title",),
        text=("place", "implementer"),
        year=_day("planned_start"),
        watch=("planned_start",),
    ),
    _part(
        "milestone",
        Milestone,
        "Milestone",
        "milestones",
        "partnership-terms",
        about=_of("activity", "activity_id"),
        title=("title",),
        year=_day("planned_on"),
        watch=("planned_on",),
    ),
    _part("mechanism", Mechanism, "Mechanism", "mechanisms", "partnership-terms", title=("body",), text=("procedure",)),
    _part(
        "data_plan",
        DataPlan,
        "Data plan",
        "data plans",
        "partnership-terms",
        title=("what",),
        text=("institution", "system", "safeguards", "use"),
    ),
    _part("risk", Risk, "Risk", "risks", "partnership-outlook", text=("text", "mitigation", "closing_note")),
    _part(
        "strategy",
        SustainabilityStrategy,
        "Sustainability strategy",
        "sustainability strategies",
        "partnership-outlook",
        title=("institution",),
        text=("approach",),
    ),
    _part(
        "measure",
        SustainabilityMeasure,
        "Sustainability measure",
        "sustainability measures",
        "partnership-outlook",
        text=("text", "evidence"),
    ),
    _part(
        "evaluation",
        Evaluation,
        "Evaluation",
        "evaluations",
        "partnership-outlook",
        title=("title",),
        text=("evaluator", "method", "findings", "response"),
        year=_day("planned_on"),
        watch=("planned_on",),
    ),
)

_MONEY = (
    _part(
        "award",
        Award,
        "Award",
        "awards",
        "award",
        keys=_record,
        title=("title",),
        text=("recipient", "uei", "fain", "nofo", "not_competed_because"),
        year=_day("starts_on"),
        watch=("starts_on",),
    ),
    _part(
        "subaward",
        SubAward,
        "Sub-award",
        "sub-awards",
        "award",
        about=_of("award", "award_id"),
        keys=_source,
        source="r.award_id",
        text=("recipient", "uei", "purpose"),
        year=_day("signed_on"),
        rows=_not_replaced(SubAward),
    ),
    _part(
        "contribution",
        Contribution,
        "Contribution",
        "contributions",
        "partnership-contributions",
        text=("description", "source", "authority", "valuation_method"),
        year="r.fiscal_year",
        author="r.recorded_by_id",
        rows=_not_replaced(Contribution),
    ),
    _part(
        "notification",
        CongressionalNotification,
        "Congressional notification",
        "congressional notifications",
        "partnership-money",
        text=("reference",),
        year=_day("sent_on"),
        author="r.recorded_by_id",
        rows=_not_replaced(CongressionalNotification),
    ),
)

_RESULTS = (
    _part(
        "monitoring_plan",
        MonitoringPlan,
        "Monitoring plan",
        "monitoring plans",
        "partnership-monitoring",
        text=("narrative",),
    ),
    _part(
        "outcome_indicator",
        OutcomeIndicator,
        "Indicator",
        "results indicators",
        "partnership-monitoring",
        number="r.code",
        title=("title", "code"),
        text=("definition", "unit", "data_source", "method", "baseline_source", "responsible_office", "quality_notes"),
    ),
    _part(
        "result",
        Result,
        "Result",
        "results",
        "partnership-period",
        about=_of("reportingperiod", "period_id"),
        keys=_source,
        source="r.period_id",
        text=("narrative", "evidence", "no_data_reason", "not_disaggregated"),
        year=_day("at"),
        author="r.recorded_by_id",
        rows=_not_replaced(Result),
    ),
    _part(
        "account",
        PerformanceNarrative,
        "Account of those who report",
        "accounts of those who report",
        "partnership-results",
        text=("text",),
        year="r.fiscal_year",
        author="r.recorded_by_id",
        rows=_not_replaced(PerformanceNarrative),
    ),
    _part(
        "assessment",
        YearAssessment,
        "Assessment of FY",
        "assessments of a year",
        "partnership-results",
        number="r.fiscal_year",
        text=("text",),
        year="r.fiscal_year",
    ),
    _part(
        "visit",
        FieldCheck,
        "Visit or review",
        "visits and reviews",
        "partnership-visit",
        keys=_record,
        title=("region",),
        text=("took_part", "summary"),
        year=_day("first_on"),
        watch=("first_on",),
        author="r.recorded_by_id",
    ),
    _part(
        "finding",
        FieldFinding,
        "Finding",
        "findings",
        "partnership-finding",
        keys=_record,
        text=("text", "action"),
        year=_day("at"),
        author="r.recorded_by_id",
    ),
)

_DIALOGUE_NUMBER = "(SELECT d.number FROM partnerships_dialogue d WHERE d.id = r.dialogue_id)"
_IN_DIALOGUE: Final[dict[str, Any]] = {
    "number": _DIALOGUE_NUMBER,
    "about": _of("dialogue", "dialogue_id"),
    "source": _DIALOGUE_NUMBER,
    "keys": _source,
}
_KEY = """FROM partnerships_keyindicator k JOIN partnerships_dialogue d ON d.id = k.dialogue_id
    WHERE k.id = r.key_indicator_id"""

_DIALOGUES = (
    _part(
        "dialogue",
        Dialogue,
        "Dialogue",
        "dialogues",
        "partnership-dialogue",
        number="r.number",
        keys=_source,
        source="r.number",
        text=("place",),
        year=_day("planned_on"),
        watch=("planned_on",),
    ),
    _part(
        "agenda_item",
        AgendaItem,
        "Dialogue",
        "minutes of dialogues",
        "partnership-dialogue",
        detail="'Agenda and minutes'",
        title=("title",),
        text=("minutes",),
        **_IN_DIALOGUE,
    ),
    _part(
        "indicator_minute",
        IndicatorMinute,
        "Dialogue",
        "minutes of dialogues",
        "partnership-dialogue",
        number=f"(SELECT d.number {_KEY})",
        about=f"(SELECT d.partnership_id {_KEY})",
        source=f"(SELECT d.number {_KEY})",
        keys=_source,
        detail="'Minutes on an indicator'",
        text=("discussion", "no_data_reason"),
    ),
    _part(
        "action_item",
        ActionItem,
        "Dialogue",
        "action items",
        "partnership-dialogue",
        detail="'Action item'",
        text=("text", "outcome"),
        year=_day("due_on"),
        watch=("due_on",),
        **_IN_DIALOGUE,
    ),
)


# ---- documents -------------------------------------------------------------------------------------------------------


def _document(kind: str, model: type[Model], label: str, about: str, partnership: str, **more: Any) -> Findable:
    of_partnership = f"FROM partnerships_partnership p WHERE p.id = {partnership}"
    return Findable(
        kind,
        model,
        subject="document",
        about=about,
        label=label,
        many="documents",
        permission=SEE,
        country=f"(SELECT p.country_id {of_partnership})",
        is_sample=f"(SELECT p.kind = 'sample' {of_partnership})",
        **more,
    )


_DOCUMENT_KINDS = " ".join(f"WHEN '{value}' THEN '{label}'" for value, label in DocumentKind.choices)

_DOCUMENTS = (
    _document(
        "document",
        Document,
        "'Document'",
        "r.id",
        "r.partnership_id",
        title=("title",),
        more_text=f"CASE r.kind {_DOCUMENT_KINDS} END",
        watch=("kind",),
    ),
    _document(
        "document_version",
        DocumentVersion,
        "'Version of ' || coalesce(r.dated, r.at::date)",
        "r.document_id",
        _of("document", "document_id"),
        text=("note", "language"),
        year="extract(year FROM coalesce(r.dated, r.at::date))::smallint",
        author="r.added_by_id",
    ),
)
