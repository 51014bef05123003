"""Page, files, and command of the outcomes."""

from __future__ import annotations

import csv
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.html import strip_tags

from cpc.accounts.permissions import Role
from indicators.models import Country
from indicators.queries import AsOf, current
from partnerships.demo import facts as stated_partnerships
from partnerships.demo import load_partnerships, record_documented
from partnerships.outcomes.queries import outcomes
from tests.partnerships.outcomes.made_up import publish_made_up
from tests.support.accounts import make_account
from tests.support.facts import publish_facts

URL = "/partnerships/outcomes/"


@pytest.fixture
def viewer(db: None, client: Client) -> Client:
    client.force_login(make_account(Role.VIEWER))
    return client


@pytest.fixture
def real(facts: None) -> None:
    load_partnerships(lambda done, total: None)


def text_of(client: Client, query: str = "") -> str:
    response = client.get(URL + query)
    assert response.status_code == 200
    return " ".join(unescape(strip_tags(response.content.decode())).split())


def file_of(client: Client, query: str) -> list[dict[str, str]]:
    response = client.get(URL + query)
    assert response.status_code == 200
    content = b"".join(response).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(content)))


@pytest.mark.world("facts")
def test_the_answer_comes_first(viewer: Client, real: None) -> None:
    text = text_of(viewer)
    assert (
        "No difference can be told from chance. In seven partnerships with at least two years of data after signature, "
        "the TIP tier moved by 0.01 of a tier more favorably than in comparable countries (95% range "
        "\N{MINUS SIGN}0.35 to 0.46). A difference of less than about 0.59 would often have been missed, "
        "so this does not show that partnerships had no effect."
    ) in text
    for fact in (
        "Partnerships8signed 2015 to 2024",
        "With two years after7Romania: not yet",
        "Compared with96 to 101countries never partners",
        "Could detect0.59 of a tieras if four of seven had risen one tier",
        "Each line crosses zero, and each dot lies inside the gray band.",
        "Two stood higher after signature, one lower, and four the same.",
        "Changed before signature: Philippines and Mongolia.",
        "Editions of 2016, 2019, 2022 and 2024 are drawn hollow and not used",
        "+0.65, place 22 of 97; loose match",
        "too early: enters with edition 2027",
        "to see a quarter of a tier would take about 39.",
        "10 each; 12 for Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire.",
        "7 of 8 were freer than most countries of their income.",
        "Colombia 68th, Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire 45th and Romania 68th. So freedom",
        "No: chance could explain the difference in every check (lowest p .11).",
        "With a signature pretended four years earlier, the tier differs by +0.19 (p .35), more than at the real one",
    ):
        assert fact in text, fact


@pytest.mark.world("facts")
def test_each_measure_has_its_pictures_and_the_untested_ones_their_reasons(viewer: Client, real: None) -> None:
    assert "+6.1, place 5 of 97" in text_of(viewer, "?measure=cpi")
    assert "Publisher's interval" in text_of(viewer, "?measure=cpi")
    assert "+3.6, place 8 of 103" in text_of(viewer, "?measure=liberties")
    shown = text_of(viewer, "?measure=shown")
    assert "2014: <5; 2015: <5" in shown
    assert "2017: 192; 2018: 251; 2019: 200" in shown
    assert "detection measures the response: a rise may be good news." in shown


@pytest.mark.world("facts")
def test_files_lead_to_the_cells_of_the_publishers(viewer: Client, real: None) -> None:
    rows = file_of(viewer, "?measure=cpi&format=csv")
    (ghana,) = [row for row in rows if (row["Partner"], row["Country"], row["Period"]) == ("GHA", "GHA", "2016")]
    assert (ghana["Role"], ghana["Counts"], ghana["Periods from signature"]) == ("partner", "after", "1")
    assert (ghana["Value"], ghana["File"]) == ("43.0", "CPI2025_Results.xlsx")
    assert ghana["Cell"].startswith("CPI Historical!")
    # Each of the eight partners is in the file, and each of the seven with its group.
    assert len({row["Partner"] for row in rows}) == 8
    assert {row["Country"] for row in rows if (row["Partner"], row["Role"]) == ("GHA", "comparison")} == {
        *("BEN", "BGR", "IND", "LSO", "MKD", "MNE", "NAM", "SLV", "SRB", "ZAF")
    }
    figures = file_of(viewer, "?list=figures&format=csv")
    assert len(figures) == 4 * 8
    (romania,) = [row for row in figures if (row["Measure"], row["Partner"]) == ("TIP tier", "ROU")]
    assert (romania["Difference"], romania["Not compared"]) == ("", "too early: enters with edition 2027")


@pytest.mark.world("facts")
def test_a_new_edition_recomputes_the_page_and_the_old_figures_stay(viewer: Client, real: None, tmp_path: Path) -> None:
    before, number = outcomes(), current()
    values = [("cpi.score", code, "2016", value) for code, value in (("GHA", "90"), ("PER", "10"))]
    publish_facts(tmp_path, name="later.xlsx", edition="2026", facts=values)
    after = outcomes()
    assert before.results is not None
    assert after.results is not None
    assert after.results.measures["cpi"].pooled != before.results.measures["cpi"].pooled
    assert after.results.measures["tier"].pooled == before.results.measures["tier"].pooled
    cache.clear()
    again = outcomes(AsOf(number)).results
    assert again is not None
    for key, result in before.results.measures.items():
        assert again.measures[key].pooled == result.pooled
    assert f"Figures as of publication no. {number}." in text_of(viewer, f"?as_of={number}")


@pytest.mark.parametrize(
    ("query", "names"),
    [("?measure=wealth", "measure=tier"), ("?as_of=9999", "no publication 9,999 yet"), ("?list=all", "list=figures"),
     ("?years=4", "years")],
)  # fmt: skip
def test_what_it_does_not_have_is_an_error_that_names_it(viewer: Client, query: str, names: str) -> None:
    response = viewer.get(URL + query)
    assert response.status_code == 400
    assert names in unescape(response.content.decode())


def test_without_facts_the_page_names_what_to_publish(viewer: Client) -> None:
    text = text_of(viewer)
    assert (
        "Publish these data first: tiers of the TIP Report, totals of Freedom in the World and income classes of the "
        "World Bank."
    ) in text
    with pytest.raises(CommandError, match=r"publication no\. 0 lacks tiers of the TIP Report, totals of"):
        call_command("outcomes", stdout=StringIO())


@pytest.mark.world("facts")
def test_four_partnerships_are_too_few(viewer: Client, facts: None) -> None:
    for entry in stated_partnerships()["partnerships"][:4]:
        record_documented(Country.objects.get(code=entry["country"]), entry)
    text = text_of(viewer)
    assert "Too few partnerships have two years of data after signature to compare." in text
    assert "4 partners with two years after; five are needed." in text
    assert "Does it depend on the method?" not in text


def test_a_measure_that_is_not_loaded_has_no_tab(viewer: Client, tmp_path: Path) -> None:
    publish_made_up(tmp_path, 0)
    load_partnerships(lambda done, total: None)
    assert 'href="?measure=cpi' not in viewer.get(URL).content.decode()
    refused = viewer.get(f"{URL}?measure=cpi")
    assert refused.status_code == 400
    assert "No values of the Corruption Perceptions Index were published by publication no. 3." in unescape(
        refused.content.decode()
    )


@pytest.mark.world("facts")
def test_facts_without_a_partnership_are_not_enough(viewer: Client, facts: None) -> None:
    assert "No partnership with a day of signature is on record." in text_of(viewer)
    with pytest.raises(CommandError, match="no partnership with a day of signature"):
        call_command("outcomes", stdout=StringIO())
    with pytest.raises(CommandError, match="There is no publication 9,999 yet"):
        call_command("outcomes", "--as-of", "9999", stdout=StringIO())


@pytest.mark.world("facts")
def test_the_command_prints_the_figures(real: None) -> None:
    printed = StringIO()
    call_command("outcomes", stdout=printed)
    lines = [" ".join(line.split()) for line in printed.getvalue().splitlines()]
    minus = "\N{MINUS SIGN}"
    for line in (
        f"Ghana 2.67 2.67 0.00 +0.07 {minus}0.07 90 of 102 .91",
        f"Philippines 3.50 4.00 +0.50 {minus}0.15 +0.65~ 22 of 97 .27",
        "Romania too early: enters with edition 2027",
        f"Pooled, 7: +0.01, 95% range {minus}0.35 to 0.46; p .98, adjusted 1.00; detectable 0.59 (0.71); 81,717 draws",
        f"5 countries in each group +0.02 (.94) {minus}0.3 (.81) +0.8 (.42) +0.3 (.81)",
        f"Without Philippines {minus}0.10 (.65) +1.0 (.43) +1.7 (.11) {minus}0.1 (.92)",
    ):
        assert line in lines, line
    rows = StringIO()
    call_command("outcomes", "--csv", stdout=rows)
    (ghana,) = [row for row in csv.DictReader(StringIO(rows.getvalue())) if row["Partner"] == "GHA"][:1]
    assert float(ghana["Difference"]) == pytest.approx(-1 / 15)
