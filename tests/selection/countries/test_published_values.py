"""Each published value appears under its publisher's name and direction, beside what the score counts in its place.

Names, directions, and values are compared with the indicators and observations on record, for every criterion of the
shipped model and on every page with values.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpc.accounts.models import User
from indicators.models import Indicator, Observation
from selection.model_definition.criteria_table import CriterionRow, read
from selection.models import Candidate, CountryScore, ScoreRun
from selection.rounds import services as rounds_services
from selection.runs.services import compute_screen
from tests.selection.countries.test_pages_country import get, text_of
from tests.support.rankings import publish_values, value
from tests.support.rounds import Office

pytestmark = [pytest.mark.django_db, pytest.mark.world("consultation")]

BETTER = {1: "higher is better", -1: "lower is better", 0: ""}
INCOME = {"L": "Low income", "LM": "Lower middle income", "UM": "Upper middle income", "H": "High income"}
REGISTERED, COUNTED = "70.6", "29.4"
"""Share of births registered that is published here, and the share not registered that the criterion counts."""

ROW = re.compile(r'<th scope="row" role="rowheader">(.*?)</th>\s*<td role="cell" data-label="Value">(.*?)</td>', re.S)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("&#x27;", "'").strip()


def number(found: Observation) -> str:
    assert found.value is not None
    return f"{found.value:,.{found.indicator.decimals}f}".replace("-", "\N{MINUS SIGN}")


def shown(html: str) -> Iterator[tuple[str, str]]:
    """Yield the label of the criterion and the text of its cell for each row of a table of values."""
    for head, cell in ROW.findall(html):
        yield plain(re.split(r"<br>|<span", head)[0]), plain(cell)


@pytest.fixture
def ghana(tmp_path: Path, office: Office) -> Candidate:
    """Return a candidate with a published value for every indicator that the shipped model reads."""
    there = set(Observation.objects.live().filter(country__code="GHA").values_list("indicator__code", flat=True))
    rows = [value("wdi.birth_registration", "GHA", "2023", REGISTERED)]
    for criterion in read().criteria:
        if criterion.indicator and criterion.indicator not in there:
            indicator = Indicator.objects.get(code=criterion.indicator)
            rows.append(value(criterion.indicator, "GHA", "2024", indicator.labels[0] if indicator.labels else "1"))
    rows.append(value("gsi.prevalence", "GHA", "2016", "4.8", series="GSI 2018"))
    publish_values(tmp_path / "all", rows, edition="2026")
    return office.candidate(office.consulting())


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def check(
    html: str, observed: Callable[[CriterionRow], Observation | None], *, names_once: bool = False
) -> dict[str, str]:
    """Compare each published value of a page's tables with its indicator; return the cells by criterion.

    `observed` returns the observation that the page shows for a criterion. A page that `names_once` leaves out the name
    of an indicator that the criterion has, too.
    """
    cells = dict(shown(html))
    compared = 0
    for row in read().criteria:
        found = observed(row)
        if row.label not in cells or found is None:
            continue
        name, better = found.indicator.name, BETTER[found.indicator.direction]
        is_left_out = names_once and name == row.label
        heading = better.capitalize() if is_left_out else ", ".join(filter(None, (name, better)))
        text = INCOME.get(found.label, found.label) or number(found)
        assert cells[row.label].startswith(f"{heading} {text}".strip()), (row.key, cells[row.label])
        compared += 1
    assert compared > 0
    return cells


def newest(row: CriterionRow) -> Observation | None:
    """Return the newest value of a criterion's own indicator, which every page of these tests shows."""
    if not row.indicator:
        return None
    rows = Observation.objects.live().filter(country__code="GHA", indicator__code=row.indicator, series=row.series)
    return rows.select_related("indicator").order_by("-year").first()


def test_a_reviewer_sees_each_value_as_published(ghana: Candidate, reviewer: Client) -> None:
    cells = check(get(reviewer, "GHA"), newest)
    assert len(cells) >= len([row for row in read().criteria if row.indicator and row.stage != "full"])
    assert cells["Births not registered"].startswith(
        f"Birth registration, higher is better {REGISTERED} percent of children under 5 counts as {COUNTED}%"
    )


def test_the_dossier_states_what_the_score_uses_instead(ghana: Candidate, office: Office) -> None:
    rounds_services.score_round(selection_round=ghana.round, actor=office.analyst)
    run = ScoreRun.objects.latest("pk")
    html = client_of(office.analyst).get(reverse("dossier", args=[ghana.round_id, "GHA"])).content.decode()
    lines = {line["key"]: line for line in CountryScore.objects.get(run=run, country__code="GHA").lines}

    def used(row: CriterionRow) -> Observation | None:
        return Observation.objects.select_related("indicator").filter(pk=lines[row.key]["observation"]).first()

    cells = check(html, used)
    for row in read().criteria:
        best, found = (lines[row.key].get("estimate") or {}).get("best"), used(row)
        if best is None or found is None or found.value is None:
            continue
        decimals = found.indicator.decimals
        if f"{best:.{decimals}f}" != f"{found.value:.{decimals}f}":
            assert f"counts as {best:.{decimals}f}" in cells[row.label].replace("\N{MINUS SIGN}", "-"), row.key
        else:
            assert "counts as" not in cells[row.label], row.key
    assert "counts as" in cells["Prevalence of modern slavery"]


def test_the_page_of_the_consultation_and_a_change_of_the_evidence(ghana: Candidate, office: Office) -> None:
    agency = office.agency()
    asked = office.ask(ghana.round, agency)
    client = client_of(office.contact(agency))
    url = reverse("consultation-review", args=[asked.pk, "GHA"])
    cells = check(client.get(url).content.decode(), newest, names_once=True)
    assert f"{REGISTERED} percent of children under 5, 2023 counts as " in cells["Births not registered"]
    dossier = client_of(office.analyst).get(reverse("dossier", args=[ghana.round_id, "GHA"]))
    assert (
        "Birth registration (higher is better) changed from 50 (2020, 2025) to 70.6 (2023, 2026, counts as 29.4)"
    ) in plain(dossier.content.decode())


def test_pages_without_a_loaded_file_say_so(office: Office, reviewer: Client) -> None:
    candidate, agency = office.candidate(office.consulting()), office.agency()
    asked = office.ask(candidate.round, agency)
    client = client_of(office.contact(agency))
    review = dict(shown(client.get(reverse("consultation-review", args=[asked.pk, "GHA"])).content.decode()))
    url = reverse("dossier", args=[candidate.round_id, "GHA"])
    dossier = dict(shown(client_of(office.analyst).get(url).content.decode()))
    for label in ("MCC: Investing in People", "MCC: Economic Freedom", "MCC: Ruling Justly"):
        assert review[label] == dossier[label] == "None loaded", label
    assert "MCC: Investing in People None loaded" in text_of(get(reviewer, "GHA"))


def test_a_page_of_a_run_and_its_export(ghana: Candidate, office: Office) -> None:
    analyst = client_of(office.analyst)
    run = compute_screen(actor=None)
    lines = {line["key"]: line for line in CountryScore.objects.get(run=run, country__code="GHA").lines}
    html = get(analyst, "GHA")
    text = text_of(html)
    for row in read().criteria:
        found = newest(row)
        if row.stage == "screen" and found is not None:
            name = found.indicator.name + (f" ({BETTER[found.indicator.direction]})" * bool(found.indicator.direction))
            assert f" {name}: " in text, row.key
    births = f"{lines['births']['estimate']['best']:.1f}"
    assert f"Published Birth registration (higher is better): {REGISTERED}% (2023) ; counts as {births}%" in text
    check(html, newest)  # the values beside the score
    response: Any = analyst.get("/countries/GHA/?format=csv")
    rows = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    exported = next(row for row in rows if row["Factor"] == "Births not registered")
    assert (exported["Published as"], exported["Published value"]) == ("Birth registration", REGISTERED)
    assert exported["Direction of the publisher"] == "higher is better"
    assert exported["Counts as, if not as published"] == f"{births}%"


def test_a_comparison_names_what_is_published(ghana: Candidate, office: Office) -> None:
    analyst = client_of(office.analyst)
    compute_screen(actor=None)
    text = text_of(analyst.get("/ranking/compare/?c=GHA&c=CIV").content.decode())
    assert f"published: birth registration {REGISTERED}% in 2023" in text
    assert f"Published Birth registration (higher is better): {REGISTERED}% (2023)" in text
