"""Known objects for every URL, with the visitors who may know of them; and keys of objects that don't exist.

A new URL is included automatically. If its route has an argument that no row of `KNOWN_OBJECTS` covers, `objects_at`
fails and names the row to add.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import reverse

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import Agency, ApiToken, User
from cpc.accounts.permissions import Role
from cpc.api.resources import Resource
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Notification
from cpc.openid.models import LinkedIdentity
from cpc.retention.models import LegalHold
from cpc.saved_views.models import SavedView
from cpc.sessions.models import UnsentForm
from cpc.site.models import FailedTask
from cpc.webhooks.models import Webhook
from partnerships import office_api_urls
from partnerships.models import DocumentTemplate, Partnership, TemplateKind
from selection.models import (
    Admission,
    Candidate,
    CandidateDocument,
    ConsultationRequest,
    CriteriaRequest,
    CutShort,
    CutShortLine,
    MatrixUpload,
    Memo,
    MemoTemplate,
    Note,
    NoteAttachment,
    PoolPolicy,
    Position,
    ResponseUpload,
    Scenario,
    ScoringModel,
    SelectionRound,
    WeightingExercise,
    WeightingParticipant,
)
from selection.notes.views import NOTE_ACTIONS
from selection.states import ROUND
from tests.cpc.records import NO_SESSION
from tests.security.agencies_world import Consultees
from tests.security.canaries import (
    OFFICE,
    PARTNERS,
    RANKINGS,
    ROUNDS,
)
from tests.security.expected_table import Address

ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
ABSENT: Mapping[str, Any] = {"int": 987_654_321, "slug": "ZZZ", "str": "0" * 64, "uuid": uuid.UUID(int=0)}
"""Values for which no object exists, by path converter."""


@dataclass(frozen=True)
class KnownObject:
    """Arguments of a URL that lead to one object, and the visitors who may know that it exists; None is everyone.

    `of` tells apart objects that the same visitors may know of, but with text for different ones.
    """

    kwargs: Mapping[str, Any]
    visible_to: frozenset[str] | None = None
    of: str = ""


Rows = Iterable[KnownObject]


def _of(there: Consultees, text: str) -> frozenset[str]:
    found = there.plant.found_in(text)
    assert found, f"{text!r} holds no planted word"
    return found[0].visible_to


def _people_of(there: Consultees, user: User) -> frozenset[str]:
    return frozenset(name for name, known in there.users.items() if known == user)


def _rounds(there: Consultees) -> Rows:
    for row in SelectionRound.objects.order_by("pk"):
        yield KnownObject({"pk": row.pk}, _of(there, row.title))


def _candidates(there: Consultees) -> Rows:
    """Yield the countries of each pool and one country that is in none."""
    for row in Candidate.objects.in_pool().select_related("country").order_by("pk"):
        asked = ConsultationRequest.objects.filter(candidates__candidate=row, sent_at__isnull=False)
        agencies = set(asked.values_list("agency", flat=True))
        reviewers = frozenset(name for name, user in there.users.items() if user.agency_id in agencies)
        yield KnownObject({"pk": row.round_id, "code": row.country.code}, ROUNDS | reviewers)
    for code in ("CIV", "GHA", "ROU", "XKX"):
        for row in Candidate.objects.exclude(pk__in=Candidate.objects.in_pool()).filter(country__code=code):
            yield KnownObject({"pk": row.round_id, "code": code}, ROUNDS)


def _office(resource: Resource[Any]) -> Callable[[Consultees], Rows]:
    def rows(_there: Consultees) -> Rows:
        for key in resource.model._default_manager.order_by("pk").values_list("pk", flat=True)[:5]:
            yield KnownObject({"row": key}, PARTNERS)

    return rows


def _notes(there: Consultees) -> Rows:
    for row in Note.objects.order_by("pk"):
        yield KnownObject({"pk": row.round_id, "reference": row.reference}, _of(there, row.text))


def _kinds() -> Iterable[Note]:
    """Return one note for each round, author, and audience."""
    found = {(row.round_id, row.agency_id, row.visibility): row for row in Note.objects.order_by("-pk")}
    return found.values()


def _acts(there: Consultees) -> Rows:
    for row in _kinds():
        for name in NOTE_ACTIONS:
            yield KnownObject({"pk": row.round_id, "reference": row.reference, "name": name}, _of(there, row.text))


def _files(there: Consultees) -> Rows:
    rows = NoteAttachment.objects.filter(note__in=[note.pk for note in _kinds()])
    for row in rows.select_related("note").order_by("pk"):
        kwargs = {"pk": row.note.round_id, "reference": row.note.reference, "attachment": row.pk}
        yield KnownObject(kwargs, _of(there, row.name))


def _uploads(there: Consultees) -> Rows:
    for row in MatrixUpload.objects.order_by("pk"):
        yield KnownObject({"pk": row.round_id, "upload": row.pk}, _of(there, row.name))


def _requests(there: Consultees) -> Rows:
    """Yield requests on the office's pages, which reviewers can't open."""
    for row in ConsultationRequest.objects.select_related("agency").order_by("pk"):
        yield KnownObject({"pk": row.round_id, "asked": row.pk}, ROUNDS, row.agency.code)


def _of_requests(there: Consultees) -> Rows:
    for row in ConsultationRequest.objects.order_by("pk").prefetch_related("candidates__candidate__country"):
        for one in row.candidates.all():
            kwargs = {"pk": row.round_id, "asked": row.pk, "code": one.candidate.country.code}
            yield KnownObject(kwargs, ROUNDS)


def _asked(there: Consultees) -> Rows:
    """Yield requests on the pages of their agency, each with each country that any agency is asked about."""
    for row in ConsultationRequest.objects.order_by("pk").prefetch_related("candidates__candidate__country"):
        own = frozenset(name for name, user in there.users.items() if user.agency_id == row.agency_id)
        codes = {one.candidate.country.code for one in row.candidates.all()}
        for code in ("CIV", "GHA", "XKX"):
            visible_to = own if code in codes and row.sent_at is not None else frozenset()
            yield KnownObject({"pk": row.pk, "code": code}, visible_to)


def _asked_once(there: Consultees) -> Rows:
    """Yield requests on the page of their agency."""
    for row in ConsultationRequest.objects.order_by("pk"):
        own = frozenset(name for name, user in there.users.items() if user.agency_id == row.agency_id)
        yield KnownObject({"pk": row.pk}, own if row.sent_at is not None else frozenset())


def _each_upload(there: Consultees) -> Rows:
    for row in ResponseUpload.objects.select_related("request").order_by("pk"):
        own = frozenset(name for name, user in there.users.items() if user.agency_id == row.request.agency_id)
        yield KnownObject({"pk": row.request_id, "upload": row.pk}, own)


def _positions(there: Consultees) -> Rows:
    for row in Position.objects.select_related("request").order_by("pk"):
        yield KnownObject({"pk": row.request.round_id, "position": row.pk}, ROUNDS)


def _rated(there: Consultees) -> Rows:
    for item in _candidates(there):
        yield KnownObject(item.kwargs, ROUNDS)


def _criteria(there: Consultees) -> Rows:
    for item in _candidates(there):
        yield KnownObject({**item.kwargs, "criterion": "prosecution"}, ROUNDS)


def _candidate_documents(there: Consultees) -> Rows:
    for row in CandidateDocument.objects.select_related("candidate__country").order_by("pk"):
        kwargs = {"pk": row.candidate.round_id, "code": row.candidate.country.code, "document": row.pk}
        yield KnownObject(kwargs, _of(there, row.title))


def _memos(there: Consultees) -> Rows:
    for row in Memo.objects.order_by("pk"):
        yield KnownObject({"pk": row.round_id, "number": row.number}, OFFICE)


def _inbox(there: Consultees) -> Rows:
    """Yield one notification for each person."""
    names = {user.pk: name for name, user in there.users.items()}
    for row in Notification.objects.order_by("recipient_id", "pk").distinct("recipient_id"):
        yield KnownObject({"pk": row.pk}, frozenset({names.get(row.recipient_id, "somebody else")}))


def _people(there: Consultees) -> Rows:
    for row in User.objects.order_by("pk"):
        yield KnownObject({"pk": row.pk})


def _passkeys(there: Consultees) -> Rows:
    for row in Authenticator.objects.select_related("user"):
        yield KnownObject({"pk": row.pk}, frozenset({row.user.username}))


def _tokens(there: Consultees) -> Rows:
    names = {user.pk: name for name, user in there.users.items()}
    for row in ApiToken.objects.order_by("pk"):
        yield KnownObject({"pk": row.pk}, frozenset({names[row.owner_id], "administrator"}))


def _unsent_forms(there: Consultees) -> Rows:
    names = {user.pk: name for name, user in there.users.items()}
    for row in UnsentForm.objects.order_by("pk"):
        yield KnownObject({"pk": row.pk}, frozenset({names[row.account_id]}))


def _webhooks(there: Consultees) -> Rows:
    names = {user.pk: name for name, user in there.users.items()}
    for row in Webhook.objects.order_by("pk"):
        yield KnownObject({"pk": row.pk}, frozenset({names[row.owner_id], "administrator"}))


def _identities(there: Consultees) -> Rows:
    names = {user.pk: name for name, user in there.users.items()}
    for row in LinkedIdentity.objects.order_by("pk"):
        yield KnownObject({"pk": row.pk}, frozenset({names.get(row.user_id, "somebody else")}))


def _identities_of_people(_there: Consultees) -> Rows:
    for row in LinkedIdentity.objects.order_by("pk"):
        yield KnownObject({"pk": row.user_id, "link": row.pk})


def _partnerships(name: str) -> Callable[[Consultees], Rows]:
    return lambda there: [KnownObject({name: row.pk}, PARTNERS) for row in Partnership.objects.all()]


def _each(name: str, values: Iterable[Any]) -> Callable[[Consultees], Rows]:
    return lambda there: [KnownObject({name: value}) for value in values]


def _step(there: Consultees) -> Rows:
    for item in _rounds(there):
        for name in (step.name for step in ROUND.transitions):
            yield KnownObject({**item.kwargs, "name": name}, item.visible_to)


def _exercises(there: Consultees) -> Rows:
    for row in WeightingExercise.objects.order_by("pk"):
        yield KnownObject({"pk": row.pk}, _of(there, row.title))


def _own_answers(there: Consultees) -> Rows:
    """Yield exercises for those who are asked: a person of the office, and the accounts of an agency."""
    for row in WeightingExercise.objects.order_by("pk"):
        asked = WeightingParticipant.objects.filter(exercise=row, dropped_at=None)
        people, agencies = set(asked.values_list("account", flat=True)), set(asked.values_list("agency", flat=True))
        own = (n for n, user in there.users.items() if user.pk in people or (user.agency_id or 0) in agencies)
        yield KnownObject({"pk": row.pk}, frozenset(own))


def _asked_on_criteria(there: Consultees) -> Rows:
    for row in CriteriaRequest.objects.order_by("pk"):
        own = frozenset(name for name, user in there.users.items() if user.agency_id == row.agency_id)
        yield KnownObject({"pk": row.pk}, own)


def _proposals(_there: Consultees) -> Iterator[KnownObject]:
    for row in CutShort.objects.order_by("pk"):
        yield KnownObject({"pk": row.round_id, "proposal": row.pk}, ROUNDS)


def _proposal_lines(there: Consultees) -> Iterator[KnownObject]:
    for row in CutShortLine.objects.order_by("pk").select_related("request"):
        own = frozenset(name for name, user in there.users.items() if user.agency_id == row.request.agency_id)
        yield KnownObject({"line": row.pk}, own)


def _views(_there: Consultees) -> Iterator[KnownObject]:
    for key in SavedView.objects.order_by("pk").values_list("pk", flat=True):
        yield KnownObject({"pk": key})


KNOWN_OBJECTS: Mapping[str, Callable[[Consultees], Rows]] = {
    "rounds/<int:pk>/": _rounds,
    "rounds/<int:pk>/step/<slug:name>/": _step,
    "rounds/<int:pk>/pool/<slug:code>/": _candidates,
    "rounds/<int:pk>/candidates/<slug:code>/": _candidates,
    "rounds/<int:pk>/candidates/<slug:code>/papers/<int:document>/": _candidate_documents,
    "rounds/<int:pk>/deliberation/<slug:code>/": _candidates,
    "rounds/<int:pk>/ratings/<slug:code>/": _rated,
    "rounds/<int:pk>/ratings/<slug:code>/<slug:criterion>/": _criteria,
    "rounds/<int:pk>/matrix/import/<int:upload>/": _uploads,
    "rounds/<int:pk>/notes/<slug:reference>/": _notes,
    "rounds/<int:pk>/notes/<slug:reference>/files/<int:attachment>/": _files,
    "rounds/<int:pk>/notes/<slug:reference>/<slug:name>/": _acts,
    "rounds/<int:pk>/requests/<int:asked>/": _requests,
    "rounds/<int:pk>/requests/<int:asked>/<slug:code>/": _of_requests,
    "rounds/<int:pk>/positions/<int:position>/": _positions,
    "rounds/<int:pk>/cut-short/<int:proposal>/": _proposals,
    "rounds/<int:pk>/memo/<int:number>/": _memos,
    "rounds/<int:pk>/memo/<int:number>/pictures/<int:place>/": lambda there: [
        KnownObject({**item.kwargs, "place": 0}, item.visible_to) for item in _memos(there)
    ],
    "memo-templates/<int:number>/": lambda there: [
        KnownObject({"number": number}, OFFICE)
        for number in (1, *MemoTemplate.objects.values_list("number", flat=True))
    ],
    "partnerships/templates/<slug:kind>/": lambda there: [KnownObject({"kind": "instrument"}, PARTNERS)],
    "partnerships/templates/<slug:kind>/<int:number>/": lambda there: [
        KnownObject({"kind": kind, "number": number}, PARTNERS)
        for kind, number in (
            *((kind, 1) for kind in TemplateKind.values),
            *DocumentTemplate.objects.values_list("kind", "number"),
        )
    ],
    "models/<int:pk>/": lambda there: [
        KnownObject({"pk": row.pk}, ROUNDS) for row in ScoringModel.objects.order_by("pk")
    ],
    "ranking/pool/rules/<slug:reason>/": lambda there: [KnownObject({"reason": "high_income"}, RANKINGS)],
    "ranking/pool/rules/<int:pk>/": lambda there: [
        KnownObject({"pk": row.pk}, RANKINGS) for row in PoolPolicy.objects.filter(decision="")
    ],
    "ranking/pool/admissions/<int:pk>/": lambda there: [
        KnownObject({"pk": row.pk}, RANKINGS) for row in Admission.objects.order_by("pk")
    ],
    "ranking/what-if/scenarios/<uuid:key>/": lambda there: [
        KnownObject({"key": row.key}, _of(there, row.name)) for row in Scenario.objects.order_by("pk")
    ],
    **{
        f"ranking/what-if/scenarios/<uuid:key>/{step}/": lambda there: [
            KnownObject({"key": row.key}, _people_of(there, row.author)) for row in Scenario.objects.order_by("pk")
        ]
        for step in ("share", "withdraw")
    },
    "consultation/<int:pk>/several/": _asked_once,
    "consultation/<int:pk>/workbook/": _asked_once,
    "consultation/<int:pk>/upload/": _asked_once,
    "consultation/<int:pk>/upload/<int:upload>/": _each_upload,
    "consultation/<int:pk>/<slug:code>/": _asked,
    "consultation/criteria/<int:pk>/": _asked_on_criteria,
    "weightings/<int:pk>/": _exercises,
    "weightings/<int:pk>/answer/": _own_answers,
    **{
        f"weightings/<int:pk>/{step}/": lambda there: [
            KnownObject({"pk": row.pk}, ROUNDS) for row in WeightingExercise.objects.order_by("pk")
        ]
        for step in ("ask", "drop", "close", "draft")
    },
    "views/new/<slug:key>/": _each("key", ("rounds", "countries")),
    "views/<int:pk>/": _views,
    "views/decide/<int:pk>/": _views,
    "consultation/consent/<int:line>/": _proposal_lines,
    "inbox/<int:pk>/": _inbox,
    "audit/<int:pk>/": lambda there: [
        KnownObject({"pk": pk}) for pk in AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[:5]
    ],
    "account/access/<int:pk>/": lambda there: [KnownObject({"pk": row.pk}) for row in AccessChange.objects.all()],
    "system/tasks/<int:pk>/": lambda there: [KnownObject({"pk": row.pk}) for row in FailedTask.objects.all()],
    "system/retention/hold/<int:pk>/": lambda there: [KnownObject({"pk": row.pk}) for row in LegalHold.objects.all()],
    "account/people/<int:pk>/": _people,
    "account/people/<int:pk>/sign-ins/<int:link>/": _identities_of_people,
    "account/department/<int:pk>/": _identities,
    "account/department/<slug:provider>/": _each("provider", ["department"]),
    "account/people/<int:pk>/<slug:step>/": lambda there: [
        KnownObject({**item.kwargs, "step": step}) for item in _people(there) for step in ("send", "disable")
    ],
    "account/people/agencies/<slug:code>/": lambda there: [
        KnownObject({"code": code}) for code in Agency.objects.values_list("code", flat=True)
    ],
    "account/invitation/<str:secret>/": _each("secret", ["no-such-secret"]),
    "account/sessions/<uuid:handle>/": _each("handle", [NO_SESSION]),
    "account/unsent/<int:pk>/": _unsent_forms,
    "account/tokens/<int:pk>/": _tokens,
    "account/security/passkeys/<int:pk>/": _passkeys,
    "account/webhooks/<int:pk>/": _webhooks,
    "account/tokens/of/<int:pk>/": lambda there: [
        KnownObject({"pk": row.pk}, frozenset({"administrator"})) for row in User.objects.filter(role=Role.API_CLIENT)
    ],
    "partnerships/<int:pk>/": _partnerships("pk"),
    "api/v1/partnerships/<int:id>/": _partnerships("id"),
    **{f"api/v1/{resource.name}/<int:row>/": _office(resource) for resource in office_api_urls.OFFICE},
    "countries/<slug:code>/": _each("code", ("CIV", "GHA", "XKX")),
    "api/v1/countries/<slug:code>/": _each("code", ("CIV", "GHA", "XKX")),
    "data/countries/<str:code>/": _each("code", ("CIV", "GHA", "XKX")),
}
"""Functions that yield objects, by the start of the route; the longest start that matches a route applies."""

ELSEWHERE = ("data/", "models/", "partnerships/", "runs/", "api/v1/")
"""Starts of routes under which no agency writes."""


def objects_at(address: Address, there: Consultees) -> list[KnownObject]:
    """Return the known objects for a URL's arguments; one object without arguments if the URL takes none.

    Raises AssertionError if no row of `KNOWN_OBJECTS` covers an argument of the route.
    """
    if not address.arguments:
        return [KnownObject({})]
    parts = [part for part in KNOWN_OBJECTS if address.route.startswith(part)]
    part = max(parts, key=len, default="")
    rest = ARGUMENT.findall(address.route[len(part) :])
    if rest:
        upto = max(match.end() for match in ARGUMENT.finditer(address.route))
        raise AssertionError(
            f"{address.name} takes {', '.join(name for _, name in rest)}, and no known object has these. "
            "Create such an object for each agency in tests/security/agencies_world.py, with planted text in it, and "
            f'add to KNOWN_OBJECTS in tests/security/known_objects.py:\n    "{address.route[:upto]}/": a function that '
            "returns each of them as KnownObject(arguments, visitors who can know of it)"
        )
    return list(KNOWN_OBJECTS[part](there))


def is_deep(address: Address) -> bool:
    """Return whether a URL is inside a record in which no agency writes.

    `expected.txt` lists who reaches such URLs.
    """
    named = max((part for part in KNOWN_OBJECTS if address.route.startswith(part)), key=len, default="")
    return address.route.startswith(ELSEWHERE) and bool(ARGUMENT.search(address.route[len(named) :]))


def swapped(objects: list[KnownObject]) -> Iterator[KnownObject]:
    """Yield guesses that must lead nowhere: the last key of each object in another object's URL."""
    for index, item in enumerate(objects):
        other = objects[(index + len(objects) // 2) % len(objects)]
        if len(item.kwargs) > 1:
            last = list(item.kwargs)[-1]
            guess = {**other.kwargs, last: item.kwargs[last]}
            if all(dict(known.kwargs) != guess for known in objects):
                yield KnownObject(guess, frozenset())


def absent(address: Address) -> KnownObject:
    """Return arguments of a URL for which no object exists."""
    return KnownObject({name: ABSENT[kind or "str"] for kind, name in ARGUMENT.findall(address.route)})


def url(address: Address, item: KnownObject) -> str:
    """Return the URL of an object."""
    return reverse(address.name, kwargs=dict(item.kwargs))
