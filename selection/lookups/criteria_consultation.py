"""Consultation on the criteria of a model (22 U.S.C. 7103a(d)(5)) as plain facts, for pages, REST, and the memo.

    for fact in criteria_consultation(model):
        fact.agency, fact.status, fact.asked_on, fact.answered_on, fact.text, fact.speaker, fact.document

`status` is a code of `STATUSES`. An answer counts for the text of the version that the agency was shown: once a draft
changes, its answers are `is_outdated` and the adoption needs new ones, or a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone

from cpc.accounts.models import Agency
from selection.models import Adoption, CriteriaAnswer, CriteriaRequest, CriteriaView, ScoringModel

Row = TypeVar("Row", CriteriaRequest, CriteriaAnswer)

NOT_ASKED, WAITING, NO_RESPONSE = "not_asked", "waiting", "no_response"
STATUSES: Mapping[str, str] = {
    **{view.value: str(view.label) for view in CriteriaView},
    NOT_ASKED: "Not asked",
    WAITING: "Waiting for its answer",
    NO_RESPONSE: "No response",
}
"""Labels of the states of an agency's answer, by code."""


@dataclass(frozen=True, slots=True)
class Consultee:
    """Agency that is consulted on the criteria; it `succeeds` a closed one that the statute names, if any."""

    agency: Agency
    succeeds: Agency | None = None


@dataclass(frozen=True, slots=True)
class CriteriaFact:
    """Record of what one agency was asked on the criteria of a version, and answered.

    `text` is the agency's, or the reason for "not applicable". `by_agency` tells that it answered in the product;
    otherwise the office recorded a `document`. `adopted_without` is why the approver adopted without its answer.
    """

    agency: Agency
    succeeds: Agency | None
    status: str
    asked_on: dt.date | None = None
    due_on: dt.date | None = None
    means: str = ""
    answered_on: dt.date | None = None
    text: str = ""
    speaker: str = ""
    document: str = ""
    by_agency: bool = False
    recorded_by: str = ""
    is_outdated: bool = False
    adopted_without: str = ""

    @property
    def label(self) -> str:
        return STATUSES[self.status]

    @property
    def is_answered(self) -> bool:
        return self.status in CriteriaView.values

    @property
    def settles(self) -> bool:
        """Return whether the version can be adopted without a further reason for this agency."""
        return self.is_answered and not self.is_outdated


def criteria_consultees() -> list[Consultee]:
    """Return the agencies that are consulted on the criteria, by name; a closed one is replaced by its successor."""
    agencies = {agency.pk: agency for agency in Agency.objects.all()}
    found: dict[int, Consultee] = {}
    for named in agencies.values():
        if not named.on_criteria:
            continue
        agency = named
        while not agency.is_active and agency.successor_id is not None:
            agency = agencies[agency.successor_id]
        if agency.is_active and (agency.pk not in found or agency == named):
            found[agency.pk] = Consultee(agency, None if agency == named else named)
    return sorted(found.values(), key=lambda consultee: consultee.agency.name)


def criteria_consultation(
    model: ScoringModel, adoption: Adoption | None = None, *, reasons: Adoption | None = None
) -> list[CriteriaFact]:
    """Return a fact for each consultee and each other agency that was asked about a version.

    With an `adoption`, the facts are those on record when it was recorded. Of the adoption `reasons`, only the reasons
    for adopting without an answer are added to the facts of today.
    """
    moment = None if adoption is None else adoption.at
    requests = {row.agency_id: row for row in _in_force(model.criteria_requests.all(), moment)}
    answers = {row.agency_id: row for row in _in_force(model.criteria_answers.select_related("recorded_by"), moment)}
    consultees = criteria_consultees()
    known = {consultee.agency.pk for consultee in consultees}
    others = Agency.objects.filter(pk__in=(requests.keys() | answers.keys()) - known).order_by("name")
    today = timezone.now().date() if moment is None else moment.date()
    given = adoption or reasons
    without = {} if given is None else given.unanswered
    return [
        _fact(one, model, requests.get(one.agency.pk), answers.get(one.agency.pk), today, without)
        for one in (*consultees, *(Consultee(agency) for agency in others))
    ]


def _in_force(rows: QuerySet[Row], moment: dt.datetime | None) -> QuerySet[Row]:
    if moment is None:
        return rows.filter(superseded_at__isnull=True)
    return rows.filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment), at__lte=moment)


def _fact(
    consultee: Consultee,
    model: ScoringModel,
    request: CriteriaRequest | None,
    answer: CriteriaAnswer | None,
    today: dt.date,
    without: Mapping[str, str],
) -> CriteriaFact:
    agency = consultee.agency
    asked_on, due_on = (request.asked_on, request.due_on) if request else (None, None)
    means, reason = request.means if request else "", without.get(agency.code, "")
    if answer is None:
        is_late = due_on is not None and due_on < today
        status = NOT_ASKED if request is None else NO_RESPONSE if is_late or reason else WAITING
        return CriteriaFact(agency, consultee.succeeds, status, asked_on, due_on, means, adopted_without=reason)
    return CriteriaFact(
        agency,
        consultee.succeeds,
        answer.value,
        asked_on,
        due_on,
        means,
        answer.answered_on,
        answer.text,
        answer.speaker,
        answer.document,
        answer.by_agency,
        str(answer.recorded_by),
        answer.table_hash != model.table_hash,
        reason,
    )


def adoption_reasons_needed(model: ScoringModel) -> list[CriteriaFact]:
    """Return the consultees without an answer that counts, for each of which an adoption states a reason."""
    named = {consultee.agency.pk for consultee in criteria_consultees()}
    return [fact for fact in criteria_consultation(model) if fact.agency.pk in named and not fact.settles]
