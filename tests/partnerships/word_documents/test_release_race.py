"""Two approvers who release templates at the same moment."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from pytest_django import Settings

from cpc.accounts.permissions import Role
from partnerships.lookups.document_templates import template_in_use
from partnerships.models import DocumentTemplate, TemplateKind
from partnerships.word_documents.services import take_template_step
from tests.partnerships.limit_exceptions.test_concurrency import all_at_once
from tests.partnerships.word_documents.uploads import marked, upload
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db: None, tmp_path: Path, settings: Settings) -> Stage:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Stage()


def test_one_of_two_decisions_on_a_draft_counts(office: Stage) -> None:
    other = make_account(Role.APPROVER, username="other")
    template = upload(office.analyst, marked("First"))
    release = partial(take_template_step, template=template, name="release", actor=office.approver)
    reject = partial(take_template_step, template=template, name="reject", actor=other, reason="No")
    assert sorted(all_at_once([release, reject])) == ["", "transition"]
    template.refresh_from_db()
    assert template.decided_by in (office.approver, other)


def test_two_drafts_released_at_once_leave_the_later_in_use(office: Stage) -> None:
    drafts = [upload(office.analyst, marked(text)) for text in ("First", "Second")]
    steps = [partial(take_template_step, template=row, name="release", actor=office.approver) for row in drafts]
    assert set(all_at_once(steps)) <= {"", "template_overtaken"}
    assert template_in_use(TemplateKind.NOTIFICATION).number == 3


def test_two_uploads_at_once_get_two_numbers_or_one_is_refused(office: Stage) -> None:
    uploads = [partial(upload, office.analyst, marked(text)) for text in ("First", "Second")]
    outcomes = Counter(all_at_once(uploads))
    assert outcomes[""] >= 1
    assert set(outcomes) <= {"", "template_number"}
    assert DocumentTemplate.objects.count() == outcomes[""]
