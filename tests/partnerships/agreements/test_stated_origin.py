"""Partnerships that no decision began: the permitted countries, and confirmation of the reason by another person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from indicators.models import Country
from partnerships.agreements import services as agreements_services
from partnerships.agreements.origin import country_findings
from partnerships.models import OriginConfirmation, Partnership, StatusChange
from selection.lookups.model_versions import default_key, why_no_candidate
from tests.api.test_partnerships import ALL, JSON, as_program, problem, step, url_of
from tests.partnerships.agreements.test_origin import insert
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, page_text, send
from tests.support.accounts import make_account
from tests.support.queues import titles_for
from tests.support.rankings import publish_values, value
from tests.worlds.partnerships.build import START, Stage
from tests.worlds.small_world import World

REASON = "Asked for by the ministry"
NEXT = ("invite", "selected", "invited")


def open_by_rest(stage: Stage, country: Country) -> Any:
    body = {"country": country.code, "title": "Open", "origin_reason": REASON}
    return as_program(stage.analyst).post(ALL, body, **JSON)  # type: ignore[arg-type]  # the arguments have several types


def is_refused_by_every_route(stage: Stage, country: Country) -> None:
    """Check that a page, REST, the service, and the database reject a country with the code `origin_country`."""
    page = send(client_of(stage.analyst), "/partnerships/new/", country=country.pk, title="Open", origin_reason=REASON)
    assert page.status_code == 422
    if country.kind == "state" and country.code != "USA":  # the form offers no other
        assert "not a candidate" in page_text(page)
    answer = problem(open_by_rest(stage, country), 422, "refused")
    assert [error["code"] for error in answer["errors"]] == ["origin_country"]
    made: dict[str, Any] = {"country": country, "title": "Open", "origin_reason": REASON}
    assert error_codes(lambda: agreements_services.create_partnership(**made, actor=stage.analyst)) == [
        "origin_country"
    ]
    assert db_error_code(lambda: Partnership.objects.bulk_create([Partnership(**made)])) == "origin_country"
    assert db_error_code(lambda: insert(country, REASON, None)) == "origin_country"
    assert not Partnership.objects.filter(country=country).exists()


@pytest.mark.parametrize("code", ["USA", "HKG", "X-YUG"])
def test_the_united_states_a_territory_and_a_former_state_are_no_partners(stage: Stage, code: str) -> None:
    country = Country.objects.filter(code=code).first() or Country.objects.filter(kind="former").first()
    assert country is not None
    is_refused_by_every_route(stage, country)


@pytest.mark.parametrize(
    ("kind", "reason"), [("territory", "It is a territory, not a state."), ("former", "It is a former state.")]
)
def test_the_reason_is_true_of_a_territory_that_the_report_lists(
    stage: Stage, small: World, tmp_path: Path, kind: str, reason: str
) -> None:
    country = Country.objects.filter(kind=kind).order_by("code")[0]
    publish_values(tmp_path, [value("tip.tier", country.code, "2025", "Tier 2")], edition="2026")
    (finding,) = country_findings(country)
    assert (finding.code, reason in finding.message, "listed in the TIP Report" in finding.message) == (
        "origin_country",
        True,
        False,
    )
    answer = problem(open_by_rest(stage, country), 422, "refused")
    assert reason in answer["errors"][0]["message"]


def test_unlisted_country_is_rejected_and_a_listed_one_accepted(stage: Stage, small: World) -> None:
    is_refused_by_every_route(stage, Country.objects.get(code="PER"))
    assert open_by_rest(stage, Country.objects.get(code="GHA")).status_code == 201


def test_database_and_selection_hold_every_country_to_one_rule(small: World) -> None:
    """Compare both implementations of the rule, in Python and in SQL, for each country."""
    assert default_key() == "cpc-default", "the migration of `cpc_may_partner` names this key"
    countries = list(Country.objects.all())
    by_selection = {country.code for country in countries if not why_no_candidate(country)}
    by_database = {country.code for country in Country.objects.extra(where=["cpc_may_partner(indicators_country.id)"])}
    assert by_selection == by_database == {"GHA", "XKX"}


# ---- the confirmation ----------------------------------------------------------------------------------------------


@pytest.fixture
def unconfirmed(stage: Stage) -> Partnership:
    return stage.draft(is_confirmed=False)


def moved_on(stage: Stage, partnership: Partnership) -> StatusChange:
    name, source, target = NEXT
    return StatusChange(
        partnership=partnership,
        transition=name,
        from_status=source,
        to_status=target,
        effective_on=START,
        actor=stage.approver,
    )


def test_nothing_moves_on_before_the_reason_is_confirmed(stage: Stage, unconfirmed: Partnership) -> None:
    page = send(client_of(stage.analyst), f"/partnerships/{unconfirmed.pk}/step/invite/", on=str(START))
    assert page.status_code == 422
    assert "no approver has confirmed the stated reason" in page_text(page)
    answer = problem(step(as_program(stage.analyst), unconfirmed, "invite"), 422, "refused")
    assert [error["code"] for error in answer["errors"]] == ["origin_unconfirmed"]
    assert error_codes(lambda: stage.step(unconfirmed, "invite")) == ["origin_unconfirmed"]
    in_bulk = db_error_code(lambda: StatusChange.objects.bulk_create([moved_on(stage, unconfirmed)]))
    by_sql = db_error_code(
        lambda: raw(
            "INSERT INTO partnerships_statuschange (partnership_id, transition, from_status, to_status, effective_on, "
            "reason, actor_id) VALUES (%s, %s, %s, %s, %s, '', %s)",
            unconfirmed.pk,
            *NEXT,
            START,
            stage.approver.pk,
        )
    )
    assert (in_bulk, by_sql) == ("origin_unconfirmed", "origin_unconfirmed")
    agreements_services.confirm_origin(partnership=unconfirmed, actor=stage.approver)
    assert stage.step(unconfirmed, "invite").status == "invited"


def test_it_can_be_canceled_without_a_confirmation(stage: Stage, unconfirmed: Partnership) -> None:
    assert stage.step(unconfirmed, "cancel", reason="The reason does not hold").status == "canceled"


def test_an_approver_confirms_on_the_page_once(stage: Stage, unconfirmed: Partnership) -> None:
    client = client_of(stage.approver)
    here, url = f"/partnerships/{unconfirmed.pk}/", f"/partnerships/{unconfirmed.pk}/origin/confirm/"
    assert url in client.get(here).content.decode()
    assert "Prevalence and commitment" in page_text(client.get(url))
    assert send(client, url, note="Read the cable").status_code == 302
    row = OriginConfirmation.objects.get()
    assert (row.partnership, row.confirmed_by, row.note) == (unconfirmed, stage.approver, "Read the cable")
    assert AuditEntry.objects.get(object_id=str(row.pk), action="confirmed").actor_id == str(stage.approver.pk)
    text = page_text(client.get(here))
    assert "Confirmed" in text
    assert "Read the cable" in text
    assert client.get(url).status_code == 302
    assert error_codes(lambda: agreements_services.confirm_origin(partnership=unconfirmed, actor=stage.approver)) == [
        "origin_confirmed"
    ]
    again = OriginConfirmation(partnership=unconfirmed, confirmed_by=make_account(Role.APPROVER, username="second"))
    assert db_error_code(lambda: OriginConfirmation.objects.bulk_create([again])) == "origin_confirmed"


def confirm_by_rest(client: Client, partnership: Partnership) -> Any:
    headers = {"If-Match": client.get(url_of(partnership))["ETag"]}
    url = url_of(partnership, "origin/confirmation/")
    return client.post(url, {"note": "Read"}, headers=headers, **JSON)  # type: ignore[arg-type]  # the arguments have several types


def test_an_approver_confirms_over_rest(stage: Stage, unconfirmed: Partnership) -> None:
    program = as_program(stage.approver)
    before = program.get(url_of(unconfirmed)).json()
    assert (before["origin"]["confirmed_at"], before["missing"]["origin.confirmed_at"]) == (None, "not_yet")
    origin = url_of(unconfirmed, "origin/confirmation/")
    assert program.get(origin).json()["missing"] == {"confirmed_at": "not_yet"}
    analyst = confirm_by_rest(as_program(stage.analyst), unconfirmed)
    assert analyst.status_code == 403
    confirmed = confirm_by_rest(program, unconfirmed)
    assert confirmed.status_code == 201
    assert program.get(origin).json()["note"] == "Read"
    assert confirmed.json()["origin"]["confirmed_at"] is not None
    again = problem(confirm_by_rest(program, unconfirmed), 422, "refused")
    assert [error["code"] for error in again["errors"]] == ["origin_confirmed"]


def test_opener_and_analysts_cannot_confirm_the_reason(stage: Stage) -> None:
    opener = make_account(Role.APPROVER, username="opener")
    own = agreements_services.create_partnership(
        country=Country.objects.get(code="GHA"), title="Own", origin_reason=REASON, actor=opener
    )
    url = f"/partnerships/{own.pk}/origin/confirm/"
    page = client_of(opener).get(url)
    assert "so an approver other than you must decide." in page_text(page)
    assert send(client_of(opener), url).status_code == 422
    answer = problem(confirm_by_rest(as_program(opener), own), 422, "refused")
    assert [error["code"] for error in answer["errors"]] == ["two_people"]
    assert error_codes(lambda: agreements_services.confirm_origin(partnership=own, actor=opener)) == ["two_people"]

    def by_sql(account: int) -> str:
        statement = (
            "INSERT INTO partnerships_originconfirmation (partnership_id, note, confirmed_by_id) VALUES (%s, '', %s)"
        )
        return db_error_code(lambda: raw(statement, own.pk, account))

    in_bulk = OriginConfirmation(partnership=own, confirmed_by=opener)
    assert db_error_code(lambda: OriginConfirmation.objects.bulk_create([in_bulk])) == "two_people"
    assert (by_sql(opener.pk), by_sql(stage.analyst.pk)) == ("two_people", "may_not_approve")
    assert client_of(stage.analyst).get(url).status_code == 403


def test_a_stated_reason_waits_for_an_approver(stage: Stage, unconfirmed: Partnership) -> None:
    def waits_for(client: Client) -> bool:
        return f"Confirm the stated reason for {unconfirmed.country}" in titles_for(client)

    assert waits_for(client_of(stage.approver))
    assert not waits_for(client_of(stage.analyst))
    agreements_services.confirm_origin(partnership=unconfirmed, actor=stage.approver)
    assert not waits_for(client_of(stage.approver))


def test_what_was_confirmed_does_not_change(stage: Stage) -> None:
    partnership = stage.draft()
    mine = Partnership.objects.filter(pk=partnership.pk)
    assert db_error_code(lambda: mine.update(origin_reason="Another reason")) == "decision_fixed"
    assert db_error_code(lambda: mine.update(opened_by=stage.approver)) == "decision_fixed"
    values = {"origin_reason": "Another reason"}
    attempt: dict[str, Any] = {"partnership": partnership, "actor": stage.analyst, "values": values}
    assert error_codes(lambda: agreements_services.edit_partnership(**attempt)) == ["decision_fixed"]
