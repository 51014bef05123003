"""Access control: no visitor reaches another's data by any URL, method, form, file, search, notification, or email.

Each visitor requests every URL for every object: their own, another agency's, another round's, and the office's, with
swapped keys and keys that don't exist. Data that a visitor must not see contains planted text. For an object whose
existence must not be known, the response must equal the response for a missing object, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from django.apps import apps
from django.core import mail
from django.db import models
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cpc.audit.models import AuditEntry
from cpc.notifications.digests import send_digests
from cpc.notifications.models import Frequency, MailPreference
from tests.security.agencies_world import Consultees
from tests.security.canaries import OFFICE, WORD
from tests.security.crawl import SESSIONS_IN_COOKIES, no_contexts, quiet
from tests.security.url_walker import (
    EVERY_TIME,
    LIKE_ANOTHER,
    MANY,
    SOME,
    VISITORS,
    Scale,
    Walk,
    Walker,
    ask,
    client_of,
    lasting,
)
from tests.worlds.databases import Clones


class Walks(Protocol):
    """Function that returns the walk of a visitor at a scale."""

    def __call__(self, visitor: str, scale: Scale = SOME) -> Walk: ...


AT_EACH_SCALE = pytest.mark.parametrize(
    "scale", [pytest.param(SOME, id="some"), pytest.param(MANY, id="many", marks=pytest.mark.wide)]
)
OF_EACH_VISITOR = pytest.mark.parametrize(
    "visitor", [*EVERY_TIME, *(pytest.param(visitor, marks=pytest.mark.wide) for visitor in LIKE_ANOTHER)]
)
pytestmark = [pytest.mark.django_db, pytest.mark.world("agencies")]


@pytest.fixture(scope="module")
def there(
    own_database: None, clones: Clones, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Consultees]:
    """Return the world, in a database of the module; all changes of requests are undone."""
    folder = tmp_path_factory.mktemp("reach")
    clones.copy_files(folder)
    settings = override_settings(MEDIA_ROOT=folder, SESSION_ENGINE=SESSIONS_IN_COOKIES)
    with django_db_blocker.unblock(), settings, quiet(), no_contexts():
        yield clones.contents()


@pytest.fixture(scope="module")
def walks(there: Consultees) -> Walks:
    """Return a function that gives the walk of a visitor, done once at each scale."""
    done: dict[tuple[str, Scale], Walk] = {}

    def walk(visitor: str, scale: Scale = SOME) -> Walk:
        if (visitor, scale) not in done:
            done[visitor, scale] = Walker(there, visitor, scale).everywhere()
        return done[visitor, scale]

    return walk


@AT_EACH_SCALE
@OF_EACH_VISITOR
def test_no_visitor_is_given_a_word_that_is_not_for_them(walks: Walks, visitor: str, scale: Scale) -> None:
    assert not walks(visitor, scale).leaks, "\n".join(walks(visitor, scale).leaks[:40])


@AT_EACH_SCALE
@OF_EACH_VISITOR
def test_hidden_records_answer_like_missing_ones(walks: Walks, visitor: str, scale: Scale) -> None:
    differences = walks(visitor, scale).differences
    assert not differences, "\n".join(["These answers differ from that of an id of nothing:", *differences[:40]])


@AT_EACH_SCALE
@OF_EACH_VISITOR
def test_what_people_wrote_is_never_run_and_files_are_only_downloaded(walks: Walks, visitor: str, scale: Scale) -> None:
    """Planted text contains markup and starts like a formula; each format must show it as text."""
    assert not walks(visitor, scale).run, "\n".join(walks(visitor, scale).run[:40])


@pytest.mark.parametrize(
    ("visitors", "readers"),
    [
        # Email addresses of accounts, also of API clients, are shown only on the administrator's pages.
        pytest.param(EVERY_TIME, {*EVERY_TIME} - {"api client"}, id="some"),
        pytest.param(VISITORS, {*VISITORS}, id="all", marks=pytest.mark.wide),
    ],
)
def test_each_word_reaches_whom_it_is_for(
    there: Consultees, walks: Walks, visitors: tuple[str, ...], readers: set[str]
) -> None:
    """Without this test, the tests above could pass on empty pages."""
    found = [there.plant.words[text] for visitor in visitors for text in walks(visitor).seen]
    seen = {(word.field_name, word.visible_to) for word in found}
    lost = {
        f"{word.field_name}, for {', '.join(sorted(word.visible_to))}"
        for word in there.plant.words.values()
        if word.visible_to & readers
        and word.field_name not in UNSHOWN
        and (word.field_name, word.visible_to) not in seen
    }
    assert not lost, "\n".join(["No visitor received a word planted in:", *sorted(lost)])


@pytest.mark.parametrize("visitor", ["labor", "treasury", "viewer", "approver"])
def test_search_for_hidden_text_finds_nothing(there: Consultees, visitor: str) -> None:
    client, nothing = client_of(there, visitor), "canary0000x"
    one_of_each = {word.field_name: word for word in there.plant.words.values() if visitor not in word.visible_to}
    matrix = f"/rounds/{there.rounds['first'].pk}/matrix/?q="
    wrong = []
    for search in ("/find/?q=", matrix):
        expected = lasting(ask(client, "GET", search + nothing, {}).whole, nothing)
        for word in one_of_each.values():
            got = ask(client, "GET", search + word.text, {}).whole
            if lasting(got, word.text) != expected:
                wrong.append(f"{search}{word.text} of {word.field_name}")
    assert not wrong, "\n".join(wrong)


# ---- beside the pages ----------------------------------------------------------------------------------------------


def test_audit_trail_has_no_text_that_some_readers_may_not_see(there: Consultees) -> None:
    readers = OFFICE
    held = [
        f"{entry.action} {entry.object_type}: {word.text} of {word.field_name}"
        for entry in AuditEntry.objects.all()
        for word in there.plant.found_in(f"{entry.object_label} {entry.before} {entry.after} {entry.actor_name}")
        if not readers <= word.visible_to
    ]
    assert not held, "\n".join(held[:40])


def test_no_mail_holds_what_somebody_wrote_or_what_is_not_the_recipients(
    there: Consultees, django_capture_on_commit_callbacks: Any
) -> None:
    for user in there.users.values():
        MailPreference.objects.update_or_create(user=user, defaults={"frequency": Frequency.EACH})
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        send_digests(now=timezone.now().replace(hour=12))
    names = {address: name for name, user in there.users.items() if (address := _address(user.pk))}
    assert {"labor", "justice", "treasury", "analyst"} <= {names.get(sent.to[0]) for sent in mail.outbox}
    wrong = []
    for sent in mail.outbox:
        for word in there.plant.found_in(f"{sent.subject}\n{sent.body}"):
            written = word.field_name not in MAILED
            if written or names.get(sent.to[0], "") not in word.visible_to:
                wrong.append(f"to {names.get(sent.to[0], sent.to[0])}: {word.text} of {word.field_name}")
    assert not wrong, "\n".join(wrong)


def _address(pk: int) -> str:
    return str(apps.get_model("accounts", "User").objects.values_list("email", flat=True).get(pk=pk))


MAILED = (
    "selection.SelectionRound.title, first",
    "selection.SelectionRound.title, second",
    "notifications.Notification.subject",
)
"""Text that emails contain: titles of rounds, and what the test itself sent."""


# ---- nothing is left out -------------------------------------------------------------------------------------------

UNSHOWN: dict[str, str] = {}
"""Fields that no page shows, each with the reason."""

WORDLESS = {
    "Backtest": "computed",
    "ScoreRun": "computed",
    "UpdateEffect": "computed",
    "WeightingDraft": "computed",
    "WeightingExercise.nodes": "the criteria",
    "WeightingExercise.table_hash": "computed",
    "StatedWeights.ranks": "numbers",
    "StatedWeights.points": "numbers",
    "CriteriaRequest.table_hash": "computed",
    "CriteriaAnswer.table_hash": "computed",
    "CountryScore": "computed",
    "EvidenceVersion": "computed",
    "RoundFreeze": "computed",
    "Memo": "computed of what is planted elsewhere",
    "MemoTemplate.file": "the office's document",
    "MemoTemplate.sha256": "computed",
    "ScoringModel.key": "an identifier",
    "Note.series": "the code of an agency",
    "ScoringModel.title": "of the shipped model",
    "ScoringModel.table": "the criteria",
    "ScoringModel.table_hash": "computed",
    "SelectionRound.pool_rule": "a rule",
    "RoundStep.name": "an identifier",
    "Note.criterion": "an identifier",
    "Note.sentence": "of the publisher",
    "Note.locator": "of the publisher",
    "NoteAttachment.file": "bytes, under a name of ours; a word is planted in them",
    "NoteAttachment.sha256": "computed",
    "MatrixUpload.sha256": "computed",
    "Rating.criterion": "an identifier",
    "RatingEvidence.sentence": "of the publisher",
    "RatingEvidence.locator": "of the publisher",
    "CandidateDocument.sha256": "computed",
    "ResponseUpload.sha256": "computed",
    "Acknowledgment.key": "an identifier of an obstacle",
    "Acknowledgment.title": "the sentence of an obstacle, which quotes nothing that a person wrote",
    "ProofBundle": "computed",
    "CandidateDocument.file": "bytes, under a name of ours; a word is planted in them",
    "RestrictionFinding.code": "an identifier",
    "Admission.tier": "of the publisher",
    "Scenario.question": "numbers",
}
"""Models and fields of the selection that no person writes, each with the reason."""


def _written() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    for model in apps.get_app_config("selection").get_models():
        for column in model._meta.concrete_fields:
            text = isinstance(column, models.TextField | models.CharField | models.JSONField | models.FileField)
            named = f"{model.__name__}.{column.name}"
            if text and not column.choices and model.__name__ not in WORDLESS and named not in WORDLESS:
                yield model, column


def test_a_word_is_planted_in_everything_that_somebody_writes(there: Consultees) -> None:
    bare = [
        f"{model.__name__}.{column.name}"
        for model, column in _written()
        if not any(WORD.search(str(value)) for value in model._default_manager.values_list(column.name, flat=True))
    ]
    assert not bare, (
        f"No planted word is in {', '.join(bare)}. Write one there for each agency in "
        "tests/security/agencies_world.py, with those who may see it; or say in WORDLESS of "
        "tests/security/test_reach.py why nobody writes in it."
    )


def test_what_is_listed_as_wordless_is_there(there: Consultees) -> None:
    known = set()
    for model in apps.get_app_config("selection").get_models():
        known |= {model.__name__, *(f"{model.__name__}.{column.name}" for column in model._meta.concrete_fields)}
    assert set(WORDLESS) <= known
    assert set(UNSHOWN) <= {word.field_name for word in there.plant.words.values()}
