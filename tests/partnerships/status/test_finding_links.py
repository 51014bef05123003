"""A refused step links to the page where each finding is resolved, on its page, in its form's errors, and in REST."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from cpc.accounts.permissions import Role
from partnerships.models import Partnership
from partnerships.states import PARTNERSHIP
from tests.api.test_partnerships import as_program, documented, problem, step, url_of
from tests.partnerships.sending import client_of, rejected_page, send
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import START, Active, Stage


@pytest.fixture
def barred(stage: Stage) -> Partnership:
    """Return a draft in clearance whose terms lack most elements, and with one restriction that bars."""
    partnership = stage.draft()
    stage.restrictions(partnership, "triggered")
    for name in ("invite", "open_negotiations", "submit_for_clearance"):
        stage.step(partnership, name, START - timedelta(days=30))
    return partnership


def links_of(html: str) -> dict[str, str]:
    """Return the link of each item of a list of findings, by its text."""
    items = re.findall(r"<li>(.*?)</li>", html, re.DOTALL)
    found = {}
    for item in items:
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", item)).strip()
        urls = [url for url in re.findall(r'href="([^"]+)"', item) if not url.startswith("#")]
        found[text] = urls[0] if urls else ""
    return found


def expected_urls(partnership: Partnership) -> dict[str, str]:
    own = f"/partnerships/{partnership.pk}/"
    return {
        "bars": "/countries/GHA/restrictions/",
        "Not reviewed": "/countries/GHA/restrictions/",
        "Responsibilities:": f"{own}terms/#responsibility",
        "Programs:": f"{own}terms/#program",
        "Outcome indicators:": f"{own}monitoring/",
        "Financial plan:": f"{own}money/#contributions",
        "Sustainability:": f"{own}outlook/",
        "Child protection data:": f"{own}terms/#data-plan",
    }


def linked(links: dict[str, str], expected: dict[str, str]) -> dict[str, str]:
    """Return the link of each expected text, or "-" if it isn't there."""
    return {start: next((url for text, url in links.items() if start in text), "-") for start in expected}


def test_the_page_of_a_step_links_each_finding(stage: Stage, barred: Partnership) -> None:
    page = client_of(stage.approver).get(f"/partnerships/{barred.pk}/step/sign/")
    expected = expected_urls(barred) | {"is triggered": "/countries/GHA/restrictions/"}
    del expected["bars"]
    assert linked(links_of(page.content.decode()), expected) == expected


def test_the_errors_of_the_refused_step_have_the_same_links(stage: Stage, barred: Partnership) -> None:
    html = rejected_page(send(client_of(stage.approver), f"/partnerships/{barred.pk}/step/sign/"))
    expected = expected_urls(barred) | {"is triggered": "/countries/GHA/restrictions/"}
    del expected["bars"]
    assert linked(links_of(html), expected) == expected


def test_rest_names_the_page_of_each_error_and_finding(stage: Stage, barred: Partnership) -> None:
    approver = as_program(stage.approver)
    steps = {row["name"]: row for row in approver.get(url_of(barred, "transitions/")).json()["steps"]}
    urls = {finding["code"]: finding["url"] for finding in steps["sign"]["findings"]}
    own = f"/partnerships/{barred.pk}/"
    assert urls["restriction_bars"] == urls["restrictions_not_reviewed"] == "/countries/GHA/restrictions/"
    assert urls["element_b"] == f"{own}terms/#responsibility"
    refused = problem(step(approver, barred, "sign"), 422, "refused")
    of_today = {"term_over"}  # the findings are those of today, the step's those of its day
    assert {error["code"]: error["url"] for error in refused["errors"]} == {
        code: url for code, url in urls.items() if code not in of_today
    }
    found = approver.get(url_of(barred, "findings/")).json()["findings"]
    assert {row["url"] for row in found if row["code"] == "element_f"} == {f"{own}outlook/"}


def test_an_error_without_a_page_has_no_url(stage: Stage, barred: Partnership) -> None:
    errors = problem(step(as_program(stage.approver), barred, "start"), 422, "refused")["errors"]
    assert [(error["code"], "url" in error) for error in errors] == [("transition", False)]


def test_an_account_gets_no_link_to_a_page_that_it_cannot_open(stage: Stage) -> None:
    partnership = stage.draft(is_confirmed=False)
    stage.complete(partnership)
    partnership.participants.filter(government="us").update(is_lead=False)
    viewer = client_of(make_account(Role.VIEWER))
    page = viewer.get(f"/partnerships/{partnership.pk}/documents/").content.decode()
    assert f"/partnerships/{partnership.pk}/edit/" not in page


# ---- steps that are allowed ----------------------------------------------------------------------------------------


def allowed(steps: list[dict[str, Any]]) -> dict[str, bool]:
    return {row["name"]: row["allowed"] for row in steps}


def test_no_step_is_allowed_beside_an_error(stage: Stage, barred: Partnership) -> None:
    rows = as_program(stage.approver).get(url_of(barred, "transitions/")).json()["steps"]
    assert allowed(rows)["sign"] is False
    assert allowed(rows)["cancel"] is True
    for row in rows:
        has_error = any(finding["severity"] == "error" for finding in row["findings"])
        assert row["allowed"] == (not has_error), row["name"]


def test_a_warning_leaves_a_step_allowed(active: Active) -> None:
    rows = as_program(active.stage.approver).get(url_of(active.partnership, "transitions/")).json()["steps"]
    assert [row["findings"] for row in rows if row["name"] == "suspend"] != []
    for row in rows:
        if not any(finding["severity"] == "error" for finding in row["findings"]):
            assert row["allowed"] is True, row["name"]


def test_a_documented_partnership_has_no_steps_and_no_errors_about_its_elements(stage: Stage) -> None:
    past = documented()
    analyst = as_program(stage.analyst)
    assert [t.name for t in PARTNERSHIP.transitions_from(past.status)] != []
    assert analyst.get(url_of(past, "transitions/")).json() == {"status": past.status, "steps": []}
    found = analyst.get(url_of(past, "findings/")).json()["findings"]
    assert [(row["code"], row["severity"]) for row in found] == [(f"element_{letter}", "note") for letter in "abcdefg"]
    assert all(": not recorded. " in row["message"] for row in found)
    assert {row["url"] for row in found} == {""}


def test_what_a_documented_partnership_states_is_no_gap(stage: Stage) -> None:
    page = client_of(stage.analyst).get(f"/partnerships/{documented().pk}/").content.decode()
    assert page.count("Not recorded") >= 7
    assert "so its content is not known" in page
