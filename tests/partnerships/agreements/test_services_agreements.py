"""Services for the record of a partnership: stored values, entries of the audit trail, and codes of refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from indicators.models import Country, NationalPlan
from partnerships.agreements import services
from partnerships.models import FigureStatement, Partnership
from tests.support.accounts import make_account
from tests.support.outcomes import refusals, trail
from tests.worlds.partnerships.build import Active, Stage


@pytest.fixture
def opened(stage: Stage) -> Partnership:
    """Return a partnership with Togo for a stated reason that nobody confirmed yet."""
    return services.create_partnership(
        country=Country.objects.get(code="TGO"),
        title="Children in Togo",
        origin_reason="  The ministry asked. ",
        actor=stage.analyst,
        values={"coordination_body": "Committee"},
    )


def test_an_opened_partnership_is_recorded_with_its_reason_and_who_opened_it(stage: Stage, opened: Partnership) -> None:
    created, changed = trail(opened)
    assert created[:3] == ("analyst", "created", None)
    expected = {"title": "Children in Togo", "origin_reason": "The ministry asked.", "opened_by": stage.analyst.pk}
    assert {name: created[3].get(name) for name in expected} == expected
    assert changed == ("analyst", "changed", {"coordination_body": ""}, {"coordination_body": "Committee"})
    assert (opened.country.code, opened.decision, opened.kind) == ("TGO", None, "managed")


def test_a_stated_reason_is_confirmed_once_by_somebody_else(stage: Stage, opened: Partnership) -> None:
    second = make_account(Role.APPROVER, username="second")
    confirmation = services.confirm_origin(partnership=opened, note=" By letter ", actor=second)
    assert trail(confirmation) == [
        ("second", "confirmed", None, {"partnership": opened.pk, "note": "By letter", "confirmed_by": second.pk}),
    ]
    again = refusals(lambda: services.confirm_origin(partnership=opened, actor=stage.approver))
    assert again == {"": "origin_confirmed"}


def test_only_a_stated_reason_is_confirmed(documented: None, stage: Stage) -> None:
    past = Partnership.objects.filter(kind="documented").first()
    assert past
    code = refusals(lambda: services.confirm_origin(partnership=past, actor=stage.approver))
    assert code == {"": "documented_record"}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER, Role.ADMINISTRATOR])
def test_other_roles_write_nothing_to_a_record(opened: Partnership, role: Role) -> None:
    actor = make_account(role)
    plan = NationalPlan(country=opened.country, kind="action_plan", title="Plan", source="A sample")
    attempts: list[Any] = [
        lambda: services.create_partnership(country=opened.country, title="T", origin_reason="R", actor=actor),
        lambda: services.confirm_origin(partnership=opened, actor=actor),
        lambda: services.edit_partnership(partnership=opened, values={"title": "T"}, actor=actor),
        lambda: services.record_national_plan(plan=plan, partnership=opened, actor=actor),
        lambda: services.leave_out_national_plan(plan=plan, partnership=opened, actor=actor),
        lambda: services.state_figure(statement=FigureStatement(partnership=opened), actor=actor),
        lambda: services.add_document_version(
            partnership=opened, kind="other", title="T", file=ContentFile(b"a", name="a.txt"), actor=actor
        ),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()


def test_after_signature_the_first_day_stays_and_other_fields_change(active: Active) -> None:
    partnership, actor = active.partnership, active.stage.analyst
    moved = {"starts_on": dt.date(2021, 1, 2)}
    code = refusals(lambda: services.edit_partnership(partnership=partnership, values=moved, actor=actor))
    assert code == {"starts_on": "first_day_frozen"}
    same = {"starts_on": partnership.starts_on, "published_on": dt.date(2021, 3, 1)}
    changed = services.edit_partnership(partnership=partnership, values=same, actor=actor)
    assert changed.published_on == dt.date(2021, 3, 1)
    assert trail(partnership)[-1][:2] == ("analyst", "changed")


def test_a_national_plan_is_taken_into_account_and_left_out_again(active: Active) -> None:
    partnership, actor = active.partnership, active.stage.analyst
    plan = NationalPlan(country=partnership.country, kind="action_plan", title="Plan of action", source="A sample")
    services.record_national_plan(plan=plan, partnership=partnership, actor=actor)
    assert plan.pk
    assert trail(plan)[0][0] == "analyst"
    assert trail(partnership)[-1] == ("analyst", "took a plan into account", None, {"plan": str(plan)})
    services.leave_out_national_plan(plan=plan, partnership=partnership, actor=actor)
    assert trail(partnership)[-1] == ("analyst", "left a plan out", {"plan": str(plan)}, None)
    count = AuditEntry.objects.count()
    services.leave_out_national_plan(plan=plan, partnership=partnership, actor=actor)
    assert AuditEntry.objects.count() == count
    assert NationalPlan.objects.filter(pk=plan.pk).exists()
    alone = NationalPlan(country=partnership.country, kind="action_plan", title="Another", source="A sample")
    services.record_national_plan(plan=alone, partnership=None, actor=actor)
    assert not partnership.national_plans.exists()


def test_versions_of_a_document_are_numbered_and_the_same_file_adds_none(active: Active) -> None:
    partnership, actor = active.partnership, active.stage.analyst

    def add(content: bytes, title: str = "Minutes", **more: Any) -> Any:
        file = ContentFile(content, name="minutes.txt")
        return services.add_document_version(
            partnership=partnership, kind="other", title=title, file=file, actor=actor, **more
        )

    first = add(b"one", dated=dt.date(2021, 2, 3), language="fr", note="Signed")
    assert (first.number, first.dated, first.language, first.note) == (1, dt.date(2021, 2, 3), "fr", "Signed")
    assert (first.document.kind, first.document.title, first.added_by) == ("other", "Minutes", actor)
    assert first.sha256 == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    assert trail(first.document)[0] == (
        "analyst",
        "created",
        None,
        {"partnership": partnership.pk, "kind": "other", "title": "Minutes"},
    )
    assert trail(first)[0][:3] == ("analyst", "added", None)
    second = add(b"two")
    assert (second.number, second.document, second.dated, second.language, second.note) == (
        2,
        first.document,
        None,
        "",
        "",
    )
    assert add(b"two") == second
    assert add(b"one").number == 3
    other = add(b"two", title="Other")
    assert (other.number, other.document == first.document) == (1, False)


def test_a_download_is_recorded_with_the_digest(active: Active) -> None:
    version = active.stage.document(active.partnership)
    with services.open_document(version=version, actor=active.stage.approver) as file:
        assert file.read() == b"Memorandum"
    assert trail(version)[-1] == ("approver", "downloaded", None, {"sha256": version.sha256})
    with pytest.raises(PermissionDenied):
        services.open_document(version=version, actor=make_account(Role.REVIEWER))


def test_a_file_that_is_not_accepted_adds_no_document(active: Active) -> None:
    partnership = active.partnership
    before = partnership.documents.count()
    file = ContentFile(b"MZ", name="program.exe")
    with pytest.raises(Exception, match=r"program\.exe|file"):
        services.add_document_version(
            partnership=partnership, kind="other", title="T", file=file, actor=active.stage.analyst
        )
    assert partnership.documents.count() == before


def test_a_stated_figure_names_who_recorded_it(active: Active) -> None:
    statement = services.state_figure(
        statement=FigureStatement(
            partnership=active.partnership,
            kind="us_total",
            text="$5 million",
            amount=5_000_000,
            currency="USD",
            stated_on=dt.date(2021, 1, 1),
            source="https://www.state.gov/",
        ),
        actor=active.stage.analyst,
    )
    assert statement.recorded_by == active.stage.analyst
    who, action, before, after = trail(statement)[0]
    assert (who, action, before, after["text"]) == ("analyst", "stated", None, "$5 million")
