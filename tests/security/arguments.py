"""Which thing of the test world stands in each address that takes arguments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile

from cpc.accounts.models import Agency, ApiToken, User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from cpc.audit.models import AuditEntry
from cpc.notifications.models import Notification
from cpc.notifications.services import notify
from cpc.people.invitations import deliver, open_invitation
from indicators.curated.services import record_row
from indicators.models import Country, Narrative, NationalPlan, Source, USGProgram
from indicators.name_mappings.services import map_name
from partnerships.agreements.services import create_partnership
from partnerships.models import Partnership
from selection.comment_matrix import services as comment_matrix_services
from selection.decisions import services as decisions_services
from selection.decisions.memo import services as memo_services
from selection.models import Note, SelectionRound
from selection.notes.services import notes as notes_services
from selection.notes.services.notes import Words
from selection.ratings.candidate_documents import services as candidate_documents_services
from tests.security.life import LIFE
from tests.security.models import MODELS
from tests.security.pool import POOL
from tests.security.scenarios import SCENARIOS
from tests.security.terms import TERMS
from tests.support.accounts import make_account
from tests.support.consulting import Consulted, asked, in_consultation, says
from tests.support.deliberated import in_deliberation
from tests.support.noting import paper, workbook
from tests.worlds.small_world import World

Arguments = Callable[[World], Mapping[str, Any]]


def _upload(world: World) -> Mapping[str, Any]:
    return {"pk": world.upload.pk}


def _mapping(world: World) -> Mapping[str, Any]:
    """Return a mapping of a source other than the upload's, whose import would be matched again."""
    source = Source.objects.get(key="cpi")
    return {"pk": map_name(source=source, name="Ruritania", meaning="group", actor=None)[0].pk}


def _token_of_the_viewer(world: World) -> Mapping[str, Any]:
    owner = _viewer()
    token = ApiToken.objects.filter(owner=owner).first()
    if token is None:
        token = issue_token(owner=owner, name="Nightly copy", scopes=["observations:read"], days=30).token
    return {"pk": token.pk}


def _viewer() -> User:
    return User.objects.filter(role=Role.VIEWER, is_active=True).first() or make_account(Role.VIEWER)


def _account(world: World) -> Mapping[str, Any]:
    return {"pk": _viewer().pk}


def _agency(world: World) -> Mapping[str, Any]:
    agency, _ = Agency.objects.get_or_create(code="dhs", defaults={"name": "Department of Homeland Security"})
    return {"code": agency.code}


def _open_link(world: World) -> Mapping[str, Any]:
    """The secret of a link that somebody was sent and has not used."""
    newcomer = User.objects.filter(username="newcomer").first()
    if newcomer is None:
        newcomer = make_account(Role.VIEWER, username="newcomer", is_active=False)
        User.objects.filter(pk=newcomer.pk).update(email="newcomer@cpc.example")
    deliver(open_invitation(user=newcomer, actor=newcomer).pk)
    return {"secret": str(mail.outbox[-1].body).partition("/account/invitation/")[2].partition("/")[0]}


def _notification_of_the_viewer(world: World) -> Mapping[str, Any]:
    viewer = _viewer()
    notify(
        recipients=[viewer],
        kind="account.role",
        values={"role": "Viewer"},
        link="/",
        target=viewer,
        dedupe="test",
        actor=None,
    )
    return {"pk": Notification.objects.get(recipient=viewer, dedupe="test").pk}


def _partnership(world: World) -> Mapping[str, Any]:
    found = Partnership.objects.filter(country__code="GHA").first()
    if found is None:
        found = create_partnership(
            country=Country.objects.get(code="GHA"),
            title="Partnership with Ghana",
            origin_reason="Prevalence and commitment",
            actor=None,
        )
    return {"id": found.pk}


def _amendment(world: World) -> Mapping[str, Any]:
    partnership = Partnership.objects.get(pk=_partnership(world)["id"])
    asks = User.objects.filter(role=Role.ANALYST).first() or make_account(Role.ANALYST)
    found, _ = partnership.amendments.get_or_create(
        number=1, defaults={"kind": "terms", "title": "Another title", "reason": "Agreed", "requested_by": asks}
    )
    return {"id": partnership.pk, "number": found.number}


def _period(world: World) -> Mapping[str, Any]:
    partnership = Partnership.objects.get(pk=_partnership(world)["id"])
    days = {"ends_on": dt.date(2021, 12, 31), "due_on": dt.date(2022, 1, 30)}
    found, _ = partnership.reporting_periods.get_or_create(starts_on=dt.date(2021, 1, 1), defaults=days)
    return {"id": partnership.pk, "period": found.pk}


def _program(world: World) -> Mapping[str, Any]:
    """A program with a document, which makes its address answer."""
    found = USGProgram.objects.live().first()
    if found is None:
        found = record_row(
            row=USGProgram(
                country=Country.objects.get(code="GHA"),
                agency="Department of Labor",
                title="Sample program",
                sector="child_labor",
                source="A sample",
                document=SimpleUploadedFile("paper.txt", b"A sample."),
            ),
            actor=None,
        )
    return {"pk": found.pk}


def _plan(world: World) -> Mapping[str, Any]:
    found = NationalPlan.objects.live().first()
    if found is None:
        found = record_row(
            row=NationalPlan(
                country=Country.objects.get(code="GHA"),
                kind="action_plan",
                title="Sample plan",
                status="adopted",
                source="A sample",
                document=SimpleUploadedFile("paper.txt", b"A sample."),
            ),
            actor=None,
        )
    return {"pk": found.pk}


def _editions(world: World) -> Mapping[str, Any]:
    """A second narrative of the country, so that there is something to compare."""
    first = world.narrative
    Narrative.objects.get_or_create(
        country=first.country,
        report_year=first.report_year - 1,
        defaults={
            "title": "Sample",
            "locator": "",
            "file": first.file,
            "batch": first.batch,
            "digest": "1" * 64,
            "valid_from": 2,
        },
    )
    return {"code": "GHA", "editions": f"{first.report_year - 1}-{first.report_year}"}


def _asked(_world: World) -> Consulted:
    """A round in consultation in which Labor, the agency of the table's reviewer, was asked about Ghana and objects."""
    found = SelectionRound.objects.filter(title="Consulted").first()
    if found is None:
        analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
        agency, _ = Agency.objects.get_or_create(code="dol", defaults={"name": "Department of Labor"})
        contact = make_account(Role.REVIEWER, username="contact", agency=agency)
        User.objects.filter(pk=contact.pk).update(is_contact=True)
        found = in_consultation(analyst, "Consulted", ("GHA", "XKX"))
        ghana = found.candidates.in_pool().get(country__code="GHA")
        request = asked(found, agency, analyst, about=[ghana])
        says(request, ghana, "does_not_clear", "A third partner would overlap.")
    request = found.requests.get()
    return Consulted(found, {"labor": request}, {"objection": request.positions.get()})


def _consulted_round(world: World) -> Mapping[str, Any]:
    return {"pk": _asked(world).round.pk}


def _consulted_request(world: World) -> Mapping[str, Any]:
    there = _asked(world)
    return {"pk": there.round.pk, "asked": there.requests["labor"].pk}


def _consulted_position(world: World) -> Mapping[str, Any]:
    there = _asked(world)
    return {"pk": there.round.pk, "position": there.positions["objection"].pk}


def _reviewed(world: World) -> Mapping[str, Any]:
    return {"pk": _asked(world).requests["labor"].pk, "code": "GHA"}


def _noted(world: World) -> Note:
    """A note of Labor with a file, in that round, for the office and for Labor."""
    there = _asked(world)
    found = there.round.notes.first()
    if found is None:
        reviewer = User.objects.filter(role=Role.REVIEWER, agency__code="dol", is_active=True).earliest("pk")
        found = notes_services.write_note(
            selection_round=there.round,
            candidate=there.round.candidates.in_pool().get(country__code="GHA"),
            words=Words(kind="major", text="Show the later figure."),
            visibility="office",
            actor=reviewer,
            files=[paper()],
        )
    return found


def _note(world: World) -> Mapping[str, Any]:
    found = _noted(world)
    return {"pk": found.round_id, "reference": found.reference}


def _dossier(world: World) -> Mapping[str, Any]:
    return {**_consulted_round(world), "code": "GHA"}


def _rated(world: World) -> Mapping[str, Any]:
    return {**_dossier(world), "criterion": "prosecution"}


def _paper(world: World) -> Mapping[str, Any]:
    """A paper about the candidate that Labor, the agency of the table's reviewer, is asked about."""
    candidate = _asked(world).round.candidates.in_pool().get(country__code="GHA")
    found = candidate.documents.first() or candidate_documents_services.add_paper(
        candidate=candidate,
        title="Sample law",
        kind="law",
        source="A sample",
        file=paper(),
        actor=User.objects.filter(role=Role.ANALYST, is_active=True).earliest("pk"),
    )
    return {**_dossier(world), "paper": found.pk}


def _matrix_upload(world: World) -> Mapping[str, Any]:
    note = _noted(world)
    assert note.agency is not None
    found = note.round.matrix_uploads.first() or comment_matrix_services.receive_matrix(
        selection_round=note.round, agency=note.agency, file=workbook(), visibility="office", actor=note.author
    )
    return {"pk": note.round_id, "upload": found.pk}


def _memo(world: World) -> Mapping[str, Any]:
    """A memo of a round in deliberation in which Ghana is recommended."""
    found = SelectionRound.objects.filter(title="Deliberated").first()
    if found is None:
        analyst = User.objects.filter(role=Role.ANALYST, is_active=True).first() or make_account(Role.ANALYST)
        found = in_deliberation(analyst, "Deliberated", ("GHA",))
        ghana = found.candidates.in_pool().select_related("country", "round").get()
        decisions_services.recommend(candidate=ghana, action="select", rationale="The courts are ready.", actor=analyst)
        memo_services.issue_memo(selection_round=found, actor=analyst)
    return {"pk": found.pk, "number": found.memos.get().number}


def _deliberated(world: World) -> Mapping[str, Any]:
    return {"pk": _memo(world)["pk"]}


def _template(world: World) -> Mapping[str, Any]:
    return {"number": 0}


ARGUMENTS: Mapping[str, Arguments] = {
    "round": _consulted_round,
    "round-edit": _consulted_round,
    "round-step": lambda world: {**_consulted_round(world), "name": "deliberate"},
    "round-score": _consulted_round,
    "round-pool": _consulted_round,
    "round-move": lambda world: {**_consulted_round(world), "code": "GHA"},
    "round-deliberation": _deliberated,
    "recommend": lambda world: {**_deliberated(world), "code": "GHA"},
    "decide": lambda world: {**_deliberated(world), "code": "GHA"},
    "round-memos": _deliberated,
    "memo-issue": _deliberated,
    "memo": _memo,
    "memo-document": _memo,
    "memo-picture": lambda world: {**_memo(world), "place": 0},
    "memo-template": _template,
    "round-matrix": _consulted_round,
    "matrix-template": _consulted_round,
    "matrix-import": _consulted_round,
    "matrix-upload": _matrix_upload,
    "note-new": _consulted_round,
    "note": _note,
    "note-act": lambda world: {**_note(world), "name": "reply"},
    "note-file": lambda world: {**_note(world), "attachment": _noted(world).attachments.get().pk},
    "dossier": _dossier,
    "round-ratings": _consulted_round,
    "ratings-of": _dossier,
    "rate": _rated,
    "rating-withdraw": _rated,
    "round-restrictions": _consulted_round,
    "restrictions": lambda world: {"code": "GHA"},
    "restriction-review": lambda world: {"code": "GHA"},
    "paper-new": _dossier,
    "paper-file": _paper,
    "paper-version": _paper,
    **dict.fromkeys(("round", "round-edit", "round-pool", "round-score"), _consulted_round),
    "round-requests": _consulted_round,
    "round-request-new": _consulted_round,
    "round-not-applicable": _consulted_round,
    "round-request": _consulted_request,
    "round-request-edit": _consulted_request,
    "round-request-send": _consulted_request,
    "round-request-drop": _consulted_request,
    "round-request-due": _consulted_request,
    "round-request-candidates": _consulted_request,
    "round-request-proceed": lambda world: {**_consulted_request(world), "code": "GHA"},
    "position-disposition": _consulted_position,
    "position-extension": _consulted_position,
    "consultation-review": _reviewed,
    "consultation-confirm": _reviewed,
    **LIFE,
    **MODELS,
    **POOL,
    **SCENARIOS,
    **TERMS,
    "account-token-revoke": _token_of_the_viewer,
    "agency": _agency,
    "agency-close": _agency,
    "agency-reopen": _agency,
    "person": _account,
    "person-step": lambda world: {**_account(world), "step": "disable"},
    "invitation": _open_link,
    "inbox-read": _notification_of_the_viewer,
    "audit-entry": lambda world: {"pk": AuditEntry.objects.latest("pk").pk},
    "source": lambda world: {"key": "cpi"},
    "indicator": lambda world: {"code": "cpi.score"},
    "observation": lambda world: {"pk": world.ghana.pk},
    "import": _upload,
    "import-progress": _upload,
    "import-issues": _upload,
    "import-read": _upload,
    "import-compare": _upload,
    "import-publish": _upload,
    "import-discard": _upload,
    "import-take-back": lambda world: {"pk": world.second.pk},
    "import-names": _upload,
    "name-mapping-withdraw": _mapping,
    "narrative": lambda world: {"pk": world.narrative.pk},
    "review-form": lambda world: {"pk": world.narrative.pk, "form_id": world.form.pk},
    "recommendations": lambda world: {"code": "GHA"},
    "recommendations-confirm": _editions,
    "program": _program,
    "program-replace": _program,
    "program-withdraw": _program,
    "program-document": _program,
    "program-template": lambda world: {"kind": "csv"},
    "own-form": lambda world: {"kind": "csv"},
    "plan": _plan,
    "plan-replace": _plan,
    "plan-withdraw": _plan,
    "plan-document": _plan,
    "source-file": lambda world: {"sha256": world.upload.file.sha256},
    "country": lambda world: {"code": "GHA"},
    "run": lambda world: {"pk": world.run.pk},
    "run-replay": lambda world: {"pk": world.run.pk},
    "partnership": lambda world: {"pk": _partnership(world)["id"]},
    "partnership-edit": lambda world: {"pk": _partnership(world)["id"]},
    "partnership-origin-confirm": lambda world: {"pk": _partnership(world)["id"]},
    "partnership-step": lambda world: {"pk": _partnership(world)["id"], "name": "invite"},
    "api:country": lambda world: {"code": "GHA"},
    "api:source": lambda world: {"key": "cpi"},
    "api:indicator": lambda world: {"code": "cpi.score"},
    "api:name-mapping": _mapping,
    "api:program": _program,
    "api:plan": _plan,
    "api:observation": lambda world: {"pk": world.ghana.pk},
    "api:partnership": _partnership,
    "api:partnership-amendment": _amendment,
    "api:partnership-amendment-changes": _amendment,
    "api:partnership-amendment-steps": _amendment,
    "api:partnership-amendments": _partnership,
    "api:partnership-amounts": _partnership,
    "api:partnership-contributions": _partnership,
    "api:partnership-findings": _partnership,
    "api:partnership-ledger": _partnership,
    "api:partnership-period": _period,
    "api:partnership-period-steps": _period,
    "api:partnership-periods": _partnership,
    "api:partnership-programmes": _partnership,
    "api:partnership-results": _partnership,
    "api:partnership-transitions": _partnership,
    "api:partnership-confirmation": _partnership,
    "api:ranking": lambda world: {"run": world.run.pk},
    "api:country-score": lambda world: {"run": world.run.pk, "code": "GHA"},
}
