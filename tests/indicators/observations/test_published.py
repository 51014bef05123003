"""Values by day of publication, and each edition's day: from the file, from a person, or by the source's rule."""

from __future__ import annotations

import re
from datetime import date, timedelta
from http import HTTPStatus
from itertools import permutations
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.permissions import Role
from indicators.facts.reader import read_package
from indicators.facts.writer import write_package
from indicators.imports.publishing import publish, retract
from indicators.imports.reading import Choice, process
from indicators.imports.receiving import receive_path
from indicators.models import Import, Observation, Publication
from indicators.observations.as_of import REVISED_FILES, known_values, regions
from indicators.observations.published import counted_from
from indicators.sources import registry
from indicators.sources.dating import SURVEYS, Dating
from indicators.sources.world_bank_wdi import WDI
from tests.support.accounts import make_account
from tests.support.forms import write_csv
from tests.support.rankings import publish_values, value

pytestmark = pytest.mark.django_db

REGISTRATION = "wdi.birth_registration"


@pytest.fixture(autouse=True)
def own_files(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]  # the fixture of pytest-django


def bank_file(folder: Path, updated: str, *cells: str, series: str = "SP.REG.BRTH.ZS") -> Path:
    """Write a World Bank file with Ghana's values of 2014 and 2018."""
    name = f"API_{series}_{updated}.csv"
    row = ["Ghana", "GHA", "Births registered (%)", series, *cells]
    head = ["Country Name", "Country Code", "Indicator Name", "Indicator Code", "2014", "2018"]
    return write_csv(folder / name, [["Last Updated Date", updated, ""], head, row])


def take(path: Path, **choice: object) -> Import:
    batch = receive_path(path=path, actor=None).batch
    process(batch_id=batch.pk, actor=None, choice=Choice(**choice))  # type: ignore[arg-type]  # as the test names them
    return publish(batch_id=batch.pk, actor=None).batch


def at(day: date | None, indicator: str = REGISTRATION, *, as_of: int | None = None) -> dict[str, float | None]:
    rows = known_values([indicator], published_by=day, as_of=as_of)
    return {row.period: row.value for row in rows if row.country == "GHA" and not row.missing}


# ---- the rule of each source -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "year", "day"),
    [
        ("tip", 2024, date(2024, 6, 30)),
        ("freedom_house", 2024, date(2025, 3, 31)),
        ("cpi", 2024, date(2025, 1, 31)),
        ("world_bank", 2027, date(2026, 7, 1)),
        ("ilab", 2022, date(2023, 9, 30)),
        ("unicef", 2022, date(2024, 1, 1)),
        ("world_bank_wdi", 2024, date(2026, 1, 1)),
        ("world_factbook", 2022, date(2023, 12, 31)),
        ("walk_free", 2016, None),
        ("own", 2024, None),
    ],
)
def test_a_value_of_a_year_counts_from(source: str, year: int, day: date | None) -> None:
    (rule,) = [spec.dating for spec in registry.sources() if spec.key == source]
    assert rule.value_day(year) == day


@pytest.mark.parametrize(
    ("source", "edition", "rank", "day"),
    [
        ("tip", "2025", 20250000, date(2025, 6, 30)),
        ("freedom_house", "2025", 20250000, date(2025, 3, 31)),
        ("cpi", "2025", 20250000, date(2026, 1, 31)),
        ("world_bank", "FY2027", 20260701, date(2026, 7, 1)),
        ("ilab", "2022", 20220000, date(2023, 9, 30)),
        ("walk_free", "2018", 20180000, date(2018, 7, 31)),
        ("walk_free", "2023", 20230000, date(2023, 5, 31)),
        ("walk_free", "2028", 20280000, None),
        ("unicef", "2025-06", 20250600, date(2025, 6, 30)),
        ("world_factbook", "2017-03", 20170300, date(2017, 3, 31)),
        ("world_factbook", "2026", 20260000, date(2026, 2, 28)),
    ],
)
def test_an_edition_appeared_on(source: str, edition: str, rank: int, day: date | None) -> None:
    (rule,) = [spec.dating for spec in registry.sources() if spec.key == source]
    assert rule.edition_day(edition, rank)[0] == day


def test_every_source_with_values_but_the_office_s_own_describes_its_rule() -> None:
    without = {spec.key for spec in registry.sources() if not spec.dating.rule_text}
    assert without == {"own", "usg_programs"}


def test_no_day_lies_outside_what_a_column_of_days_holds() -> None:
    assert SURVEYS.value_day(1970) == date(1990, 1, 1)
    assert SURVEYS.value_day(2099) is None
    assert Dating().edition_day("2025", 20250000) == (None, "")


# ---- the day of an edition ---------------------------------------------------------------------------------------


def test_the_file_gives_the_day_and_an_entered_one_is_distinguished(tmp_path: Path) -> None:
    batch = take(bank_file(tmp_path, "2024-06-28", "60", "70"), published_on=date(2024, 1, 1))
    assert (batch.published_on, batch.dated_by) == (date(2024, 6, 28), "The file: Last Updated Date")
    (issue,) = batch.issues.filter(severity="warning")
    assert "Jan. 1, 2024 was entered. The file's date is used." in issue.message.replace("Jan 1", "Jan. 1")


def test_entered_day_overrides_the_rule_and_survives_rereading(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("geo,time,sp_reg_brth_zs\ngha,2018,70\n", encoding="utf-8")
    batch = receive_path(path=path, actor=None).batch
    process(batch_id=batch.pk, actor=None, choice=Choice(published_on=date(2025, 4, 2), remark="release note"))
    batch.refresh_from_db()
    entered = (date(2025, 4, 2), "Entered by command: release note")
    assert (batch.published_on, batch.dated_by) == entered
    Import.objects.filter(pk=batch.pk).update(state="reading")
    process(batch_id=batch.pk, actor=None)
    batch.refresh_from_db()
    assert (batch.published_on, batch.dated_by) == entered


def test_by_rule_no_edition_appears_after_it_was_received(tmp_path: Path) -> None:
    year = timezone.localdate().year
    path = tmp_path / "long.csv"
    path.write_text(f"geo,time,sp_reg_brth_zs\ngha,{year},70\n", encoding="utf-8")
    batch = take(path)
    assert batch.published_on == timezone.now().date()
    assert batch.dated_by.startswith("Date of receipt")


def test_the_database_keeps_a_day_and_its_source_together(tmp_path: Path) -> None:
    batch = take(bank_file(tmp_path, "2024-06-28", "60", "70"))
    for change in ({"published_on": None}, {"dated_by": ""}):
        with pytest.raises(IntegrityError, match="import_day_with_source"), transaction.atomic():
            Import.objects.filter(pk=batch.pk).update(**change)
    with pytest.raises(IntegrityError, match="implausible_day"), transaction.atomic():
        Import.objects.filter(pk=batch.pk).update(published_on=date(1066, 1, 1))


def test_the_command_takes_a_day_and_refuses_one_to_come(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("geo,time,sp_reg_brth_zs\ngha,2018,70\n", encoding="utf-8")
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    with pytest.raises(CommandError, match="not a publication date"):
        call_command("ingest", str(path), f"--published-on={tomorrow}")
    call_command("ingest", str(path), "--published-on=2025-04-02", "--dated-by=release note", "--publish")
    assert Import.objects.get().dated_by == "Entered by command: release note"


# ---- values as of a day ------------------------------------------------------------------------------------------


def test_a_survey_counts_from_the_second_year_after_its_own(tmp_path: Path) -> None:
    publish_values(tmp_path, [value(REGISTRATION, "GHA", "2018", "70"), value(REGISTRATION, "GHA", "2014", "60")])
    assert at(date(2015, 12, 31)) == {}
    assert at(date(2016, 1, 1)) == {"2014": 60}
    assert at(date(2019, 12, 31)) == {"2014": 60}
    assert at(date(2020, 1, 1)) == {"2014": 60, "2018": 70} == at(None)
    (first, *_) = known_values([REGISTRATION], published_by=date(2016, 1, 1))
    assert first.published_on == date(2016, 1, 1)
    assert {row.published_on for row in known_values([REGISTRATION])} == {None}


def test_value_page_shows_from_when_it_counts(tmp_path: Path, client: Client) -> None:
    """A file with many years contains values that were published before the file; their pages show their own days."""
    batch = take(bank_file(tmp_path, "2024-06-28", "60", "70"))
    row = Observation.objects.get(batch=batch, period="2014")
    assert counted_from(row) == (date(2016, 1, 1), SURVEYS.rule_text)
    client.force_login(make_account(Role.ANALYST))
    page = client.get(reverse("observation", args=[row.pk])).text
    page_text = " ".join(re.sub("<[^>]*>", " ", page).split())
    assert f"Counts as published from Jan 1, 2016 {SURVEYS.rule_text}" in page_text
    assert "File released Jan 1, 2016" not in page_text
    assert "File released Jun 28, 2024" in page_text
    retract(batch_id=batch.pk, actor=None, reason="The file was wrong.")
    assert counted_from(row) is None
    gone = " ".join(re.sub("<[^>]*>", " ", client.get(reverse("observation", args=[row.pk])).text).split())
    assert "Counts as published from" not in gone


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_revised_value_is_as_it_was_then_in_any_loading_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    files = [
        bank_file(tmp_path, "2019-03-01", "", "70"),
        bank_file(tmp_path, "2021-03-01", "", "71"),
        bank_file(tmp_path, "2023-03-01", "", "70"),
    ]
    for index in order:
        take(files[index])
    assert at(date(2019, 2, 28)) == {}
    assert at(date(2019, 3, 1)) == {"2018": 70}
    assert at(date(2021, 3, 1)) == {"2018": 71}
    assert at(date(2023, 3, 1)) == {"2018": 70} == at(None)


def test_an_earlier_edition_shows_what_a_later_one_fills(tmp_path: Path) -> None:
    take(bank_file(tmp_path, "2024-03-01", "60", "70"))
    assert at(date(2023, 12, 31)) == {"2014": 60, "2018": 70}  # by the rule, with the file of 2024
    take(bank_file(tmp_path, "2021-03-01", "59", ""))
    assert at(date(2023, 12, 31)) == {"2014": 59}  # the file of 2021 gave no value for 2018
    assert at(date(2024, 3, 1)) == {"2014": 60, "2018": 70}


def test_the_day_of_publication_combines_with_the_publication_number(tmp_path: Path) -> None:
    first = take(bank_file(tmp_path, "2019-03-01", "", "70"))
    take(bank_file(tmp_path, "2021-03-01", "", "71"))
    assert at(date(2022, 1, 1), as_of=1) == {"2018": 70}
    assert at(date(2022, 1, 1), as_of=2) == {"2018": 71}
    retract(batch_id=first.pk, actor=None, reason="wrong file")
    assert at(date(2020, 6, 1), as_of=2) == {"2018": 70}
    # Only the later file is still published; by the rule its value of 2018 counts from 2020 on.
    assert at(date(2020, 6, 1)) == {"2018": 71}
    assert at(date(2019, 6, 1)) == {}


def test_an_edition_that_nothing_dates_counts_from_the_day_of_its_import(tmp_path: Path) -> None:
    rows = [value("gsi.prevalence", "GHA", "2026", "3", series="GSI 2028")]
    publish_values(tmp_path, rows, edition="2028", out=None)
    assert Import.objects.get().published_on is None
    loaded = Publication.objects.get().at.date()
    assert at(loaded - timedelta(days=1), "gsi.prevalence") == {}
    assert at(loaded, "gsi.prevalence") == {"2026": 3}
    assert at(None, "gsi.prevalence") == {"2026": 3}


def test_both_editions_of_the_slavery_index_have_their_day(tmp_path: Path) -> None:
    old = [value("gsi.prevalence", "GHA", "2016", "4.84", series="GSI 2018")]
    new = [value("gsi.prevalence", "GHA", "2021", "2.9", series="GSI 2023")]
    publish_values(tmp_path, old, edition="2018", out=None)
    publish_values(tmp_path, new, edition="2023", out=None)
    assert at(date(2018, 7, 30), "gsi.prevalence") == {}
    assert at(date(2023, 5, 30), "gsi.prevalence") == {"2016": 4.84}
    assert at(date(2023, 5, 31), "gsi.prevalence") == {"2016": 4.84, "2021": 2.9}


def test_the_limit_of_such_views_is_one_sentence() -> None:
    assert REVISED_FILES.startswith("The World Bank and UNICEF revise past years")
    assert REVISED_FILES.count(".") == 1


def test_pages_and_the_rest_interface_ask_by_day_of_publication(tmp_path: Path, client: Client) -> None:
    take(bank_file(tmp_path, "2019-03-01", "", "70"))
    take(bank_file(tmp_path, "2021-03-01", "", "71"))
    client.force_login(make_account(Role.ANALYST))
    page = reverse("indicator", args=[REGISTRATION])
    for day, value_then in (("2020-06-01", 70), ("2022-06-01", 71)):
        (entry,) = client.get(page, {"published_by": day, "period": "2018"}).context["page"]
        assert entry.value == value_then
        asked = {"indicator": REGISTRATION, "published_by": day, "period": "2018"}
        (row,) = client.get("/api/v1/observations/", asked).json()["results"]
        assert row["value"] == value_then
    shown = client.get(page, {"published_by": "2015-01-01"}).content.decode()
    assert "No matching values" in shown
    assert REVISED_FILES in shown
    assert client.get(page, {"published_by": "soon"}).status_code == HTTPStatus.BAD_REQUEST
    everything = client.get("/api/v1/observations/", {"published_by": "2022-06-01", "period": "2018"}).json()["results"]
    assert [row["value"] for row in everything] == [71]
    answer = client.get("/api/v1/observations/", {"published_by": "soon", "indicator": REGISTRATION})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "published_by" in answer.content.decode()


# ---- regions -----------------------------------------------------------------------------------------------------


def test_the_region_of_the_file_goes_before_that_of_the_list(tmp_path: Path) -> None:
    before = regions()
    assert (before["GHA"].name, before["GHA"].observation_id) == ("Africa", None)
    assert before["XKX"].name == "Europe and Eurasia"
    publish_values(tmp_path, [value("fa.region", "GHA", "FY2025", "Near East")])
    found = regions()
    assert found["GHA"].name == "Near East"
    assert found["GHA"].observation_id is not None
    assert Observation.objects.get(pk=found["GHA"].observation_id).indicator.code == "fa.region"
    assert regions(as_of=0) == before


# ---- facts -------------------------------------------------------------------------------------------------------


def test_a_package_keeps_days_and_definitions(tmp_path: Path) -> None:
    name = "Life expectancy at birth, total (years)"
    path = bank_file(tmp_path, "2024-06-28", "60", "64", series="SP.DYN.LE00.IN")
    path.write_text(
        path.read_text(encoding="utf-8-sig").replace("Births registered (%)", f'"{name}"'), encoding="utf-8"
    )
    batch = take(path)
    write_package(tmp_path / "package")
    retract(batch_id=batch.pk, actor=None, reason="to load it from the package")
    Import.objects.filter(pk=batch.pk).update(dated_by="changed", published_on=date(2020, 1, 1))
    (again,) = read_package(tmp_path / "package", actor=None)
    assert (again.published_on, again.dated_by) == (date(2024, 6, 28), "The file: Last Updated Date")
    row = Observation.objects.live().get(indicator__code="wdi.sp_dyn_le00_in", period="2018")
    assert (row.value, row.indicator.unit, row.indicator.source.key) == (64, "years", WDI.source.key)
