"""Hidden records move neither a rank nor a count: the answers are the same without them, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.api_tokens.services import issue_token
from cpc.search import queries
from cpc.search.models import Passage
from indicators.curated.services import record_row
from indicators.models import Country, NationalPlan
from partnerships.models import Partnership, Risk
from selection.consultation.services import requests as requests_services
from selection.models import Note
from selection.notes.services import notes as notes_services
from selection.restrictions.services import record_restriction
from tests.cpc.search.asking import narrative, over_rest
from tests.support.accounts import make_account
from tests.support.noting import Desk
from tests.support.rounds import DUE, ON
from tests.support.unguarded import owner_rights
from tests.worlds.partnerships.build import END, Stage

pytestmark = pytest.mark.django_db

CHANGING = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
TERM = "zebrafish"
ASKED = tuple(f"/find/?q={TERM}{more}" for more in ("", "&kind=note", "&kind=candidate", "&format=csv", "+floods"))
KINDS_OF = {
    "analyst": {"country", "note", "round", "partnership"},
    "viewer": {"country", "round", "partnership"},
    "administrator": {"country", "note", "round", "partnership"},
    "labor": {"country", "note"},
    "justice": {"country", "note"},
    "energy": {"country"},
    "api client": {"country", "round", "partnership"},
}
"""Kinds of subjects that have the term, for each reader of the world with everything."""


@contextmanager
def undone() -> Iterator[None]:
    """Undo all writes at the end of the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answers(user: User) -> dict[str, str]:
    """Return all that the search answers to an account, without what changes with each request."""
    client = Client()
    client.force_login(user)
    pages = ("/api/v1/search/?q=" + TERM, "/api/v1/search/?q=" + TERM + "&page_size=1", *ASKED)
    found = {}
    for url in pages:
        response = client.get(url)
        content = b"".join(response) if response.streaming else response.content
        found[url] = f"{response.status_code} {response.headers.get('ETag')} {CHANGING.sub('', content.decode())}"
    return found


@pytest.fixture
def readers(db: None) -> Mapping[str, User]:
    desk = Desk.make()
    energy = desk.office.agency("doe", "Department of Energy")
    _write(desk, energy)
    return {
        "analyst": desk.office.analyst,
        "viewer": make_account(Role.VIEWER),
        "administrator": make_account(Role.ADMINISTRATOR),
        "labor": desk.labor_contact,
        "justice": desk.justice_contact,
        "energy": make_account(Role.REVIEWER, username="energy", agency=energy),
        "api client": make_account(Role.API_CLIENT),
    }


def _write(desk: Desk, energy: Agency) -> None:
    """Write the term into texts for every audience, more often into those that fewer may read."""
    narrative("GHA", profile=f"A {TERM} lives in Ghana.")
    narrative("TGO", prevention=f"The {TERM} of Togo is not the {TERM} of Ghana.")
    for author, visibility, times in (
        (desk.labor_contact, "agency", 9),
        (desk.labor_contact, "office", 6),
        (desk.labor_contact, "all", 2),
        (desk.justice_contact, "agency", 8),
        (desk.justice_contact, "office", 5),
        (desk.office.analyst, "office", 7),
        (desk.office.analyst, "all", 1),
    ):
        desk.write(author, visibility=visibility, text=f"{TERM} " * times)
    desk.write(desk.labor_contact, code="CIV", visibility="agency", text=f"{TERM} {TERM} floods")
    draft = requests_services.draft_request(
        selection_round=desk.round,
        agency=energy,
        role="consult",
        due_on=DUE,
        questions=f"Is there a {TERM}?",
        candidates=desk.round.candidates.filter(country__code="GHA"),
        actor=desk.office.analyst,
        today=ON,
    )
    assert draft.sent_at is None
    partnership = Stage(desk.office.analyst, desk.office.approver).draft("KEN")
    owner = partnership.participants.earliest("pk")
    for number in range(4):
        Risk.objects.create(
            partnership=partnership,
            text=f"{TERM} floods {number}",
            likelihood=1,
            impact=1,
            mitigation="Dikes",
            owner=owner,
            review_on=END,
        )
    plan = NationalPlan(
        country=Country.objects.get(code="GHA"), kind="action_plan", title="Plan", source="x", assessment=f"{TERM} " * 9
    )
    record_row(row=plan, actor=desk.office.analyst)
    record_restriction(
        country=Country.objects.get(code="TGO"),
        code="tier_3",
        status="clear",
        basis=f"A {TERM}",
        reviewer="L",
        reviewed_on=ON,
        expires_on=END.replace(year=2099),
        actor=desk.office.analyst,
    )
    notes_services.reply_to_note(
        note=Note.objects.get(text__startswith=TERM, visibility="agency", agency=desk.justice, candidate__isnull=False),
        text=f"{TERM} indeed",
        actor=desk.justice_contact,
    )


@pytest.mark.parametrize("reader", [*KINDS_OF])
def test_answers_are_the_same_without_what_is_hidden(readers: Mapping[str, User], reader: str) -> None:
    user = readers[reader]
    seen = Passage.objects.filter(queries.visible_to(user)).values("pk")
    hidden = Passage.objects.exclude(pk__in=seen).filter(text__contains=TERM)
    everything = answers(user)
    with undone(), owner_rights():
        removed, _ = hidden.delete()
        assert answers(user) == everything
    assert removed >= 2  # the private notes of two agencies, or all but those of one's own


def test_answers_are_the_same_after_others_write_what_is_hidden(readers: Mapping[str, User]) -> None:
    """The same from the side of the writers: a reviewer's answers before and after, through the services."""
    labor = readers["labor"]
    before = answers(labor)
    desk_round = Note.objects.filter(agency__code="doj").earliest("pk").round
    content = notes_services.NoteContent(kind="major", text=f"{TERM} floods " * 20)
    for candidate in (desk_round.candidates.get(country__code="GHA"), None):
        for visibility in ("agency", "office"):
            notes_services.write_note(
                selection_round=desk_round,
                candidate=candidate,
                content=content,
                visibility=visibility,
                actor=readers["justice"],
            )
    Partnership.objects.update(coordination_body=TERM)
    assert answers(labor) == before


@pytest.mark.parametrize("reader", [*KINDS_OF])
def test_each_reader_finds_the_kinds_that_are_theirs(readers: Mapping[str, User], reader: str) -> None:
    found = queries.matches(queries.Question(TERM), readers[reader])
    assert {row.key.kind for row in found.rows} == KINDS_OF[reader]


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        ("observations:read", {"country"}),
        ("partnerships:write", {"partnership"}),
        ("partnerships:read", set()),  # texts can name what is withheld from those who may not edit
        ("rankings:read", {"country"}),
        ("selection:read", {"country", "round"}),
    ],
)
def test_a_token_finds_only_what_its_scope_allows(readers: Mapping[str, User], scope: str, kinds: set[str]) -> None:
    issued = issue_token(owner=readers["analyst"], name="search", scopes=[scope], days=30)
    client = Client(headers={"Authorization": f"Bearer {issued.secret}"})
    answer = over_rest(client, q=TERM)
    assert {row["kind"] for row in answer["results"]} == kinds
    assert {one["kind"] for one in answer["kinds"]} == kinds
    assert answer["count"] == sum(one["count"] for one in answer["kinds"])
