"""The sample is run like any partnership, and stays out of the pool, the ranking, every list, and every total."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from psycopg2.extras import Json

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import SAMPLE_CODE, Country, CountryAlias, CountryKind
from partnerships.agreements import queries
from partnerships.agreements.services import confirm_origin, create_partnership, open_sample
from partnerships.models import Partnership, RecordKind, Status
from partnerships.portfolio.queries import partnerships, partnerships_in_force, summary
from partnerships.status.services import take_step
from selection.lookups.pool import pool_on
from selection.models import Candidate
from tests.partnerships.agreements.test_origin import insert
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.selection.decisions.deliberating import Deliberation
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

DAY = date(2026, 11, 26)


@pytest.fixture
def sample(stage: Stage) -> Partnership:
    return open_sample(title="Sample partnership", origin_reason="To show a record", actor=stage.analyst)


def page(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(url).text


@pytest.mark.world("active")
def test_people_take_its_steps_like_those_of_any_other(stage: Stage, sample: Partnership) -> None:
    assert (sample.is_run_here, sample.is_sample, sample.status) == (True, True, Status.SELECTED)
    confirm_origin(partnership=sample, actor=stage.approver)
    take_step(partnership=sample, name="invite", actor=stage.analyst, on=DAY)
    sample.refresh_from_db()
    assert sample.status == Status.INVITED


@pytest.mark.world("active")
def test_no_list_count_or_total_has_it(stage: Stage) -> None:
    def answers() -> tuple[object, ...]:
        rows = partnerships(DAY)
        return (
            summary(DAY),
            queries.terms(),
            queries.signatures(),
            queries.in_partnership(DAY),
            [row.pk for row in partnerships_in_force(rows, DAY, 10)],
            [(code, entry.reason_code, entry.former) for code, entry in pool_on(DAY).entries.items()],
        )

    before = answers()
    open_sample(title="Sample partnership", origin_reason="To show a record", actor=stage.analyst)
    assert answers() == before


@pytest.mark.world("active")
def test_the_list_and_rest_have_it_only_if_asked(client: Client, stage: Stage, sample: Partnership) -> None:
    client.force_login(stage.analyst)
    url = "/api/v1/partnerships/"
    everything, asked = client.get(url).json(), client.get(url, {"kind": "sample"}).json()
    assert sample.pk not in [row["id"] for row in everything["results"]]
    assert [(row["id"], row["kind"], row["country"]["name"]) for row in asked["results"]] == [
        (sample.pk, "sample", "Sample Country")
    ]
    own = client.get(f"{url}{sample.pk}/").json()
    assert own["kind"] == "sample"
    assert [row["id"] for row in client.get(own["same_country"]).json()["results"]] == [sample.pk]
    listed = page(stage.analyst, reverse("partnerships"))
    assert listed.count("Sample partnership") == 1  # the tagged link below the list
    assert "Sample Country" in page(stage.analyst, reverse("partnerships") + "?kind=sample")
    overview = page(stage.analyst, reverse("partnership", args=[sample.pk]))
    assert "an example as a whole, not counted in any total" in overview
    assert f'href="{reverse("country", args=[SAMPLE_CODE])}"' not in overview


@pytest.mark.django_db
def test_sample_country_is_in_no_list_of_countries() -> None:
    country = Country.sample()
    assert (country.code, country.kind) == (SAMPLE_CODE, CountryKind.SAMPLE)
    assert not Country.objects.filter(pk=country.pk).exists()
    client = Client()
    client.force_login(make_account(Role.ANALYST))
    assert client.get(reverse("country", args=[SAMPLE_CODE])).status_code == 404
    assert client.get(f"/api/v1/countries/{SAMPLE_CODE}/").status_code == 404


@pytest.mark.django_db
def test_sample_country_has_no_other_partnership_and_no_other_country_a_sample() -> None:
    ghana, nowhere = Country.objects.get(code="GHA"), Country.sample()
    assert db_error_code(lambda: insert(nowhere, "Asked for", None)) == "sample_country"
    assert db_error_code(lambda: insert(ghana, "Asked for", None, kind=RecordKind.SAMPLE)) == "sample_country"
    analyst = make_account(Role.ANALYST)
    codes = error_codes(
        lambda: create_partnership(country=nowhere, title="Real?", origin_reason="Asked for", actor=analyst)
    )
    assert codes in (["origin_country"], ["sample_country"])


@pytest.mark.world("deliberation")
def test_sql_takes_it_into_no_pool_and_no_run(deliberation: Deliberation) -> None:
    nowhere = Country.sample()
    candidate = Candidate.objects.first()
    assert candidate is not None
    move = "UPDATE selection_candidate SET country_id = %s WHERE id = %s"
    assert db_error_code(lambda: raw(move, nowhere.pk, candidate.pk)) == "sample_country"
    add = (
        "INSERT INTO selection_candidate (round_id, country_id, excluded_because, reason, by_hand, revision) "
        "VALUES (%s, %s, '', '', FALSE, 1)"
    )
    assert db_error_code(lambda: raw(add, candidate.round_id, nowhere.pk)) == "sample_country"
    for copy in (
        "INSERT INTO selection_countryscore SELECT (jsonb_populate_record(t, %s)).* FROM selection_countryscore t",
        "INSERT INTO indicators_observation SELECT (jsonb_populate_record(t, %s)).* FROM indicators_observation t",
    ):
        changed = Json({"id": 999_999_999, "country_id": nowhere.pk})
        assert db_error_code(partial(raw, f"{copy} LIMIT 1", changed)) == "sample_country"
    assert db_error_code(lambda: CountryAlias.objects.create(country=nowhere, text="Nowhere")) == "sample_country"
