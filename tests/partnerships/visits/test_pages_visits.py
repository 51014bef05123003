"""The pages of visits and findings, from the visit to the closed finding, as two people send them."""

from __future__ import annotations

from datetime import date

import pytest

from partnerships.models import FieldCheck, FieldFinding
from tests.partnerships.sending import client_of, page_text, rejected_page, send
from tests.worlds.partnerships.complete import Complete, make_complete

pytestmark = pytest.mark.django_db
DAY = "2024-06-18"


@pytest.fixture
def made() -> Complete:
    there = make_complete()
    there.partnership.focus_regions = ["Volta"]
    there.partnership.save(update_fields=["focus_regions"])
    return there


def test_a_finding_goes_from_the_visit_to_its_closure_by_another_person(made: Complete) -> None:
    analyst, approver = client_of(made.analyst), client_of(made.approver)
    root = f"/partnerships/{made.partnership.pk}"
    seen = {"kind": "site_visit", "first_on": DAY, "last_on": DAY, "took_part": "Embassy"}
    refused = rejected_page(send(analyst, f"{root}/visits/new/", **seen, region="12 Shelter Road"))
    assert "12 Shelter Road is not one of the available choices" in refused
    answer = send(analyst, f"{root}/visits/new/", **seen, region="Volta")
    check = FieldCheck.objects.get()
    assert answer.url == f"{root}/visits/{check.pk}/"
    found = {"text": "Counted again", "weight": "major", "action": "One register", "due_on": "2024-11-30"}
    for responsible in ("", "person-0", "office-1"):
        rejected_page(send(analyst, f"{answer.url}findings/new/", **found, responsible=responsible))
    who = f"participant-{made.ministry.pk}"
    assert send(analyst, f"{answer.url}findings/new/", **found, responsible=who).status_code == 302
    finding = FieldFinding.objects.get()
    assert (finding.participant, finding.award, finding.person) == (made.ministry, None, None)
    own = f"{root}/findings/{finding.pk}/"
    assert send(analyst, f"{own}edit/", due_on="2024-12-15").status_code == 302
    assert "One finding is open" in page_text(analyst.get(f"{root}/visits/"))
    rejected_page(send(analyst, f"{own}step/give_evidence/", note=" "))
    assert send(analyst, f"{own}step/give_evidence/", note="The register of June").status_code == 302
    assert "somebody else checks it" in page_text(analyst.get(own))
    assert "somebody else checks it" in page_text(analyst.get(f"{own}step/close/"))
    rejected_page(send(analyst, f"{own}step/close/", note=""))
    assert "The register of June" in page_text(approver.get(f"{own}step/close/"))
    assert send(approver, f"{own}step/close/", note="").status_code == 302
    finding.refresh_from_db()
    assert (finding.state, finding.due_on) == ("closed", date(2024, 12, 15))
    assert "Every finding is closed" in page_text(analyst.get(f"{root}/visits/"))
    assert analyst.get(f"{own}edit/").status_code == 302, "a closed finding is reopened before it is edited"


def test_an_assessment_names_its_indicator_and_all_five_tests(made: Complete) -> None:
    analyst, root = client_of(made.analyst), f"/partnerships/{made.partnership.pk}"
    given = {"kind": "data_quality", "first_on": DAY, "last_on": DAY, "took_part": "Program officer"}
    tests = dict.fromkeys(("validity", "integrity", "precision", "timeliness"), "yes")
    message = "A data quality assessment names its indicator and the outcome of all five tests"
    assert message in rejected_page(send(analyst, f"{root}/visits/new/", **given, **tests))
    given |= {"indicator": str(made.children.pk), "reliability": "no"}
    assert send(analyst, f"{root}/visits/new/", **given, **tests).status_code == 302
    text = page_text(analyst.get(f"{root}/visits/"))
    assert "Reliability: no; validity, integrity, precision, timeliness: yes" in text
    assert "Last data quality assessment: Jun 18, 2024." in text
