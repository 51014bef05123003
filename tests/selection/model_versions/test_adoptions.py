"""Adoption of a published model by the office: rules enforced by the services and, on every route, the database."""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import Error, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.queries import entries_of
from selection.lookups.adoptions import adoption_of, adoption_text, adoptions_by_table
from selection.model_versions.services import adoptions as adoptions_services
from selection.model_versions.services import versions as versions_services
from selection.models import Adoption, ScoringModel
from tests.selection.pool.test_pool_rules import (
    DAY,
    refused,
    sql,
    today,
)
from tests.support.accounts import make_account, set_by_owner
from tests.support.criteria import unanswered
from tests.support.models import draft, lighter, shipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def approver(db: None) -> User:
    return make_account(Role.APPROVER)


def adopted(approver: User, **more: Any) -> Adoption:
    values: dict[str, Any] = {
        "model": shipped(),
        "reason": "A sample reason.",
        "adopted_on": today(),
        "unanswered": unanswered(),
    }
    return adoptions_services.adopt_model(actor=approver, **{**values, **more})


def test_a_version_is_illustrative_until_the_office_adopts_it(approver: User) -> None:
    model = shipped()
    assert adoption_of(model) is None
    assert adoption_text(None) == "The model is illustrative until the office adopts a version."
    row = adopted(approver, document="Sample memo 12")
    assert adoption_of(model) == adoption_of(model.table_hash) == row
    assert adoptions_by_table() == {model.table_hash: row}
    sentence = adoption_text(row)
    assert sentence.startswith("The office adopted this version on ")
    assert sentence.endswith("; TIP Office approver recorded it.")
    assert [one.action for one in entries_of(row)] == ["adopted"]


def test_withdrawn_adoption_keeps_its_reason_and_allows_another(analyst: User, approver: User) -> None:
    row = adopted(approver)
    assert refused(lambda: adoptions_services.withdraw_adoption(adoption=row, reason=" ", actor=approver)) == "reason"
    with pytest.raises(PermissionDenied):
        adoptions_services.withdraw_adoption(adoption=row, reason="A mistake.", actor=analyst)
    rows = Adoption.objects.filter(pk=row.pk)
    assert refused(lambda: rows.update(withdrawn_by=analyst, withdrawn_because="A mistake.")) == "may_not_approve"
    assert refused(lambda: rows.update(withdrawn_by=approver)) == "withdrawn_because"
    assert refused(lambda: rows.update(withdrawn_on=today())) == "adoption_kept"
    adoptions_services.withdraw_adoption(adoption=row, reason="A mistake.", actor=approver)
    assert adoption_of(shipped()) is None
    assert (
        refused(lambda: adoptions_services.withdraw_adoption(adoption=row, reason="Again.", actor=approver))
        == "adoption_kept"
    )
    assert refused(lambda: rows.update(withdrawn_on=None, withdrawn_by=None, withdrawn_because="")) == "adoption_kept"
    assert adopted(approver).withdrawn_on is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": " \n"}, "reason"),
        ({"adopted_on": dt.date(2098, 1, 1)}, "in_future"),
        ({"adopted_on": dt.date(1999, 1, 1)}, "before_publication"),
    ],
)
def test_what_no_adoption_may_be(approver: User, more: dict[str, Any], code: str) -> None:
    values: dict[str, Any] = {
        "model": shipped(),
        "reason": "A sample reason.",
        "adopted_on": today(),
        "unanswered": unanswered(),
        **more,
    }
    by_service = "blank" if code == "reason" else code
    assert refused(lambda: adoptions_services.adopt_model(actor=approver, **values)) == by_service
    assert refused(lambda: Adoption(adopted_by=approver, **values).save()) == code
    assert refused(lambda: Adoption.objects.bulk_create([Adoption(adopted_by=approver, **values)])) == code
    insert = (
        "INSERT INTO selection_adoption "
        "(model_id, reason, document, adopted_on, adopted_by_id, withdrawn_because, unanswered) "
        "VALUES (%s, %s, '', %s, %s, '', %s)"
    )
    given = (values["model"].pk, values["reason"], values["adopted_on"], approver.pk, json.dumps(values["unanswered"]))
    assert refused(lambda: sql(insert, *given)) == code


def test_only_another_approver_adopts_only_a_published_version(analyst: User, approver: User) -> None:
    made = lighter(analyst)
    assert refused(lambda: adopted(approver, model=made)) == "not_published"
    former = shipped()
    versions_services.publish_model(model=made, actor=approver, expected_revision=made.current_revision())
    former.refresh_from_db()
    assert refused(lambda: adopted(approver, model=former)) == "not_published"
    gone = versions_services.withdraw_model(model=draft(analyst), reason="Not needed.", actor=analyst)
    assert refused(lambda: adopted(approver, model=gone)) == "not_published"
    with pytest.raises(PermissionDenied):
        adopted(analyst, model=made)
    values: dict[str, Any] = {"model": made, "reason": "A sample reason.", "adopted_on": today()}
    assert refused(lambda: Adoption(adopted_by=analyst, **values).save()) == "may_not_approve"
    set_by_owner(User.objects.filter(pk=analyst.pk), role=Role.APPROVER)
    assert refused(lambda: adopted(User.objects.get(pk=analyst.pk), model=made)) == "two_people"
    assert adopted(approver, model=made).model == made


def test_adopted_version_stays_adopted_when_another_is_published(analyst: User, approver: User) -> None:
    row = adopted(approver)
    assert refused(lambda: adopted(approver)) == "adopted_already"
    again = Adoption(model=row.model, reason="Again.", adopted_on=today(), adopted_by=approver, unanswered=unanswered())
    assert refused(lambda: again.save()) == "adopted_already"
    made = lighter(analyst)
    versions_services.publish_model(model=made, actor=approver, expected_revision=made.current_revision())
    assert adoption_of(ScoringModel.objects.get(pk=row.model_id)) == row
    assert adoption_of(made) is None


def test_an_adoption_is_neither_changed_nor_deleted(approver: User) -> None:
    row = adopted(approver)
    rows = Adoption.objects.filter(pk=row.pk)
    changes: list[dict[str, Any]] = [{"reason": "Another."}, {"adopted_on": today() - DAY}, {"document": "Another"}]
    for values in changes:
        assert refused(partial(rows.update, **values)) == "adoption_kept"
    for statement in ("DELETE FROM selection_adoption", "TRUNCATE selection_adoption"):
        with pytest.raises(Error), transaction.atomic():
            sql(statement)
    withdrawn = {"withdrawn_on": today(), "withdrawn_by": approver, "withdrawn_because": "At once."}
    adoptions_services.withdraw_adoption(adoption=row, reason="A mistake.", actor=approver)
    new = Adoption(
        model=shipped(), reason="A sample.", adopted_on=timezone.now().date(), adopted_by=approver, **withdrawn
    )
    assert refused(lambda: new.save()) == "withdrawn"
