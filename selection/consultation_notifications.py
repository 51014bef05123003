"""Notifications about a consultation.

They name due dates, countries, and the kind of request. They never contain what a person wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission, Role
from cpc.notifications import services as notifications
from cpc.notifications.kinds import Kind, register
from cpc.notifications.services import Preview
from cpc.web import formats
from selection.models import Candidate, ConsultationRequest, CutShort, Position, RequestRole, SelectionRound

ASKED = "consultation.asked"
INFORMED = "consultation.informed"
DROPPED = "consultation.dropped"
DUE_MOVED = "consultation.due_moved"
REMINDER = "consultation.reminder"
OVERDUE = "consultation.overdue"
NOT_ANSWERED = "consultation.not_answered"
ANSWERED = "consultation.answered"
WITHDRAWN = "consultation.withdrawn"
EXTENSION_ASKED = "consultation.extension_asked"
EXTENSION_DECLINED = "consultation.extension_declined"
EVIDENCE_CHANGED = "consultation.evidence_changed"
DISPOSED = "consultation.disposed"
CONSENT_ASKED = "consultation.consent_asked"
LESS_TIME_ASKED = "consultation.less_time_asked"
AS_BEFORE = "consultation.as_before"
AGENCY_CONSENTED = "consultation.agency_consented"
GONE_ON = "consultation.gone_on"
CUT_SHORT_AGREED = "consultation.cut_short_agreed"
CUT_SHORT_REFUSED = "consultation.cut_short_refused"
DELIBERATES = "consultation.deliberates"
DECIDED = "consultation.decided"

NAMED = 120
"""Most characters of the country names in a notification; a longer list is replaced by a count."""

_EXAMPLE = {"countries": "Ghana, Malawi", "agency": "Department of Labor", "round": "Round 1, FY 2027"}
_DUE = {"due": "Fri, Dec 4"}

KINDS = (
    Kind(
        ASKED,
        "Requests to your agency",
        "{countries}: your position is due by {due}",
        "{round}: the office asks {agency} to {action} on {countries} by {due}. The point of contact submits for the "
        "agency; its other reviewers draft.",
        {**_EXAMPLE, **_DUE, "action": "consult"},
    ),
    Kind(
        INFORMED,
        "Information for your agency",
        "{countries}: for your information",
        "{round}: the office informs {agency} about {countries}. No position is needed.",
        _EXAMPLE,
    ),
    Kind(
        DROPPED,
        "Requests that the office drops",
        "{countries}: your position is no longer needed",
        "{round}: the office no longer asks {agency} about {countries}. The request shows the reason.",
        _EXAMPLE,
    ),
    Kind(
        DUE_MOVED,
        "New due dates",
        "{countries}: now due {due}",
        "{round}: the office changed the due date for {agency} on {countries} to {due}.",
        {**_EXAMPLE, **_DUE},
    ),
    Kind(
        REMINDER,
        "Reminders before a due date",
        "{countries}: your position is due {due}",
        "{round}: {agency} has not answered on {countries}. Its position is due {due}. No response never counts as "
        "clear.",
        {**_EXAMPLE, **_DUE},
    ),
    Kind(
        OVERDUE,
        "Positions that are overdue",
        "{countries}: your position is late",
        "{round}: the position of {agency} on {countries} was due {due}. You can still submit it. Until then, the "
        "memo shows “no response”.",
        {**_EXAMPLE, **_DUE},
        urgent=True,
    ),
    Kind(
        NOT_ANSWERED,
        "Agencies that have not answered in time",
        "No response from {agency}",
        "{round}: {agency} was due to answer on {countries} by {due}.",
        {**_EXAMPLE, **_DUE},
    ),
    Kind(
        ANSWERED,
        "Positions of agencies",
        "{agency} answered on {country}",
        "{round}: {agency} submitted a position on {country}.",
        {"agency": "Department of Labor", "country": "Ghana", "round": "Round 1, FY 2027"},
    ),
    Kind(
        WITHDRAWN,
        "Positions that agencies withdraw",
        "{agency} withdrew its position on {country}",
        "{round}: {agency} withdrew its position on {country}, with a reason. It owes an answer again.",
        {"agency": "Department of Labor", "country": "Ghana", "round": "Round 1, FY 2027"},
    ),
    Kind(
        EXTENSION_ASKED,
        "Requests for more time",
        "{agency} asks for more time on {country}",
        "{round}: {agency} asks to answer on {country} by {due}. Grant or decline the extension.",
        {"agency": "Department of Labor", "country": "Ghana", "round": "Round 1, FY 2027", **_DUE},
    ),
    Kind(
        EXTENSION_DECLINED,
        "Answers to a request for more time",
        "{country}: still due {due}",
        "{round}: the office did not grant {agency} more time on {country}. The position is still due {due}.",
        {"agency": "Department of Labor", "country": "Ghana", "round": "Round 1, FY 2027", **_DUE},
    ),
    Kind(
        EVIDENCE_CHANGED,
        "Evidence that changed since your agency answered",
        "{country}: the evidence changed since your agency answered",
        "{round}: {agency} answered on {country} based on older evidence. Confirm the position or submit another.",
        {"agency": "Department of Labor", "country": "Ghana", "round": "Round 1, FY 2027"},
    ),
    Kind(
        DISPOSED,
        "The office's response to your agency's position",
        "{country}: the office responded to your agency's position",
        "{round}: the office recorded its disposition of {agency}'s position on {country}.",
        {"agency": "Department of Labor", "country": "Ghana", "round": "Round 1, FY 2027"},
    ),
    Kind(
        CONSENT_ASKED,
        "Proposals to go on without your agency's position",
        "{countries}: the office asks to go on without your position",
        "{round}: the office proposes to go on without the position of {agency} on {countries}. Its due date is {due}. "
        "You can still answer. A point of contact can agree; otherwise, an approver decides.",
        {**_EXAMPLE, **_DUE},
        urgent=True,
    ),
    Kind(
        LESS_TIME_ASKED,
        "Proposals to give your agency less time",
        "{countries}: the office asks for your position sooner",
        "{round}: the office proposes an earlier due date for {agency} on {countries}, now due {due}. A point of "
        "contact can agree; otherwise, an approver decides.",
        {**_EXAMPLE, **_DUE},
        urgent=True,
    ),
    Kind(
        AS_BEFORE,
        "Proposals about your agency that are refused or withdrawn",
        "{countries}: your position is due {due}, as before",
        "{round}: it is no longer proposed to go on without {agency} or to give it less time. Its position on "
        "{countries} is due {due}.",
        {**_EXAMPLE, **_DUE},
    ),
    Kind(
        AGENCY_CONSENTED,
        "Agencies that agree to less time",
        "{agency} agrees",
        "{round}: {agency} agrees to what the office proposed on {countries}. Its due date is {due}.",
        {**_EXAMPLE, **_DUE},
    ),
    Kind(
        GONE_ON,
        "Rounds that go on without your agency's position",
        "{countries}: the round goes on without your position",
        "{round}: an approver agreed to go on without the position of {agency} on {countries}, due {due}. The memo "
        "prints “no response” and the reason. A later position still counts.",
        {**_EXAMPLE, **_DUE},
        urgent=True,
    ),
    Kind(
        CUT_SHORT_AGREED,
        "Your proposals to cut a consultation short: agreed",
        "Agreed: {what}",
        "{round}: {who} agreed. {what}.",
        {"what": "Go on without answers", "who": "Approver, TIP Office", "round": "Round 1, FY 2027"},
    ),
    Kind(
        CUT_SHORT_REFUSED,
        "Your proposals to cut a consultation short: refused",
        "Refused: {what}",
        "{round}: {who} refused. The round's page shows the reason.",
        {"what": "Go on without answers", "who": "Approver, TIP Office", "round": "Round 1, FY 2027"},
    ),
    Kind(
        DELIBERATES,
        "Rounds that go to deliberation",
        "{round}: deliberation begins",
        "{round}: the office begins to deliberate. A later position of {agency} still counts until the decision.",
        {"agency": "Department of Labor", "round": "Round 1, FY 2027"},
    ),
    Kind(
        DECIDED,
        "Rounds that are decided",
        "{round}: decided",
        "{round}: the recommendations on which {agency} was asked are decided.",
        {"agency": "Department of Labor", "round": "Round 1, FY 2027"},
    ),
)


def register_kinds() -> None:
    for kind in KINDS:
        register(kind)


def members(request: ConsultationRequest) -> list[User]:
    return list(User.objects.filter(agency=request.agency_id, role=Role.REVIEWER, is_active=True))


def office(request: ConsultationRequest) -> list[User]:
    """Return the office's recipients: who drafted or sent the request, or opened its round.

    Only active accounts that may still run rounds are included.
    """
    keys = {request.drafted_by_id, request.sent_by_id, request.round.opened_by_id} - {None}
    people = User.objects.filter(Q(pk__in=keys), is_active=True)
    return [user for user in people if user.allows(Permission.RUN_ROUNDS)]


def countries(candidates: Iterable[Candidate]) -> str:
    """Return the candidates' country names, or their number if there are too many to list."""
    names = [candidate.country.name for candidate in candidates]
    text = ", ".join(names)
    return text if len(text) <= NAMED else f"{len(names)} countries"


def link(request: ConsultationRequest, candidates: Sequence[Candidate]) -> str:
    """Return the URL where the agency answers: its one candidate's page, or its queue."""
    if len(candidates) == 1:
        return reverse("consultation-review", args=[request.pk, candidates[0].country.code])
    return reverse("consultation")


def of_request(request: ConsultationRequest, candidates: Sequence[Candidate]) -> tuple[str, dict[str, object]]:
    """Return the kind and values of the first notification of a request about candidates."""
    if request.role == RequestRole.INFO:
        return INFORMED, _values(request, candidates, due=False)
    action = "clear" if request.role == RequestRole.CLEAR else "give its view"
    return ASKED, {**_values(request, candidates, due=True), "action": action}


def preview(request: ConsultationRequest, candidates: Sequence[Candidate]) -> Preview:
    """Return the exact notifications that sending the request would produce, with recipients."""
    kind, values = of_request(request, candidates)
    return notifications.preview(recipients=members(request), kind=kind, values=values, link=link(request, candidates))


def notify_asked_agency(request: ConsultationRequest, candidates: Sequence[Candidate], *, actor: User | None) -> None:
    kind, values = of_request(request, candidates)
    # Candidates can be added to a sent request: the agency is notified once for each set, however often this is called.
    keys = " ".join(str(key) for key in sorted(candidate.pk for candidate in candidates))
    once = hashlib.sha256(keys.encode()).hexdigest()[:16]
    _notify(members(request), kind, values, link(request, candidates), request, once, actor)


def notify_agency(
    request: ConsultationRequest,
    kind: str,
    candidates: Sequence[Candidate],
    *,
    once: str,
    actor: User | None,
    due: bool = True,
) -> int:
    """Notify the agency of a change to its request; `once` identifies the news, so that it is sent once."""
    return _notify(
        members(request), kind, _values(request, candidates, due), link(request, candidates), request, once, actor
    )


def notify_office(
    request: ConsultationRequest, kind: str, candidates: Sequence[Candidate], *, once: str, also: Iterable[User] = ()
) -> int:
    """Notify the office's recipients, and the people in `also`, of news about a request."""
    to = reverse("round-request", args=[request.round_id, request.pk])
    people = {user.pk: user for user in (*office(request), *also)}.values()
    return _notify(people, kind, _values(request, candidates, due=True), to, request, once, None)


def notify_about_position(position: Position, kind: str, *, to_agency: bool, actor: User | None, once: str = "") -> int:
    request, candidate = position.request, position.candidate
    values: dict[str, object] = {
        "agency": request.agency.name,
        "country": candidate.country.name,
        "round": str(request.round),
    }
    if kind == EXTENSION_ASKED:
        values["due"] = formats.deadline(position.proposed_due_on)
    elif kind == EXTENSION_DECLINED:
        values["due"] = formats.deadline(request.due_on)
    if to_agency:
        return _notify(members(request), kind, values, link(request, [candidate]), position, once, actor)
    to = reverse("round-request", args=[request.round_id, request.pk])
    return _notify(office(request), kind, values, to, position, once, actor)


def notify_of_proposal(proposal: CutShort, *, actor: User, agreed: bool) -> int:
    """Notify the person who proposed to cut a consultation short of the approver's decision."""
    return notifications.notify(
        recipients=[proposal.asked_by],
        kind=CUT_SHORT_AGREED if agreed else CUT_SHORT_REFUSED,
        values={"what": proposal.get_kind_display(), "who": str(actor), "round": str(proposal.round)},
        link=reverse("round-consultation", args=[proposal.round_id]),
        target=proposal,
        dedupe=f"cut short {proposal.pk} {proposal.decision}",
        actor=actor,
    )


def notify_agencies(selection_round: SelectionRound, kind: str, *, actor: User, once: str) -> int:
    """Notify every agency that was asked that the round goes on."""
    requests = selection_round.requests.sent().select_related("agency", "round")
    return sum(
        _notify(
            members(request),
            kind,
            {"agency": request.agency.name, "round": str(selection_round)},
            reverse("consultation"),
            request,
            once,
            actor,
        )
        for request in requests
    )


def _values(request: ConsultationRequest, candidates: Sequence[Candidate], due: bool) -> dict[str, object]:
    values: dict[str, object] = {
        "countries": countries(candidates),
        "agency": request.agency.name,
        "round": str(request.round),
    }
    return {**values, "due": formats.deadline(request.due_on)} if due else values


def _notify(
    to: Iterable[User],
    kind: str,
    values: Mapping[str, Any],
    where: str,
    target: ConsultationRequest | Position,
    once: str,
    actor: User | None,
) -> int:
    return notifications.notify(
        recipients=[user for user in to if actor is None or user.pk != actor.pk],
        kind=kind,
        values=values,
        link=where,
        target=target,
        dedupe=f"{kind} {target.pk} {once}".strip(),
        actor=actor,
    )
