"""Statutory warnings about awards: on the award, the overview, and in REST, once each, with a link to resolve them."""

from __future__ import annotations

import pytest

from partnerships.awards.services import awards as awards_services
from partnerships.awards.services import reports as reports_services
from partnerships.models import Award, AwardState
from tests.api.test_partnerships import as_program
from tests.partnerships.sending import client_of, page_text
from tests.worlds.partnerships.build import END, START, Active

SHOWN = {
    "government_recipient": ("but the office makes awards to civil society", "22 U.S.C. 7103a(d)(3)"),
    "training_not_certified": ("staff who serve victims are trained is recorded", "22 U.S.C. 7105a(b)"),
    "statement_missing": ("No statement on prostitution is recorded", "22 U.S.C. 7110(g)"),
    "not_competed": ("Not competed: The only organization of its kind", "22 U.S.C. 7105a(a)"),
    "identifiers_missing": ("UEI or FAIN is not recorded", "4 FAM 631.1"),
}
"""The code of each warning, with the text that the pages show and its citation."""


@pytest.fixture
def award(active: Active) -> Award:
    return awards_services.create_award(
        award=Award(
            partnership=active.partnership,
            title="Courts",
            type="grant",
            recipient="The ministry",
            recipient_type="government",
            competed=False,
            not_competed_because="The only organization of its kind",
            starts_on=START,
            ends_on=END,
        ),
        actor=active.stage.analyst,
    )


def codes(active: Active) -> list[str]:
    here = f"/api/v1/partnerships/{active.partnership.pk}/findings/"
    found = as_program(active.stage.analyst).get(here).json()["findings"]
    return [finding["code"] for finding in found if finding["severity"] == "warning"]


@pytest.mark.parametrize("page", ["award", "overview"])
def test_each_warning_is_shown_with_its_citation(active: Active, award: Award, page: str) -> None:
    here = f"/partnerships/{active.partnership.pk}/"
    url = f"{here}awards/{award.pk}/" if page == "award" else here
    opened = client_of(active.stage.analyst).get(url)
    for code, (text, citation) in SHOWN.items():
        assert page_text(opened).count(text) == 1, code
        assert citation in page_text(opened), code
    assert f'href="{here}awards/{award.pk}/edit/"' in opened.content.decode()


def test_rest_has_the_same_warnings_with_the_name_of_the_award(active: Active, award: Award) -> None:
    assert codes(active) == list(SHOWN)
    here = f"/api/v1/partnerships/{active.partnership.pk}/findings/"
    found = as_program(active.stage.analyst).get(here).json()["findings"]
    assert {finding["message"].partition(": ")[0] for finding in found} == {"The ministry"}
    assert all(finding["url"] for finding in found)


def test_complete_and_closed_out_awards_have_no_warning(active: Active, award: Award) -> None:
    awards_services.edit_award(
        award=award,
        actor=active.stage.analyst,
        values={
            "recipient_type": "civil_society",
            "competed": True,
            "certifies_training": True,
            "certifies_no_promotion": True,
            "uei": "ABCDEFGHJKL1",
            "fain": "SLMAQM26CA0001",
        },
    )
    assert codes(active) == []
    awards_services.edit_award(award=award, actor=active.stage.analyst, values={"certifies_training": False})
    assert codes(active) == ["training_not_certified"]
    analyst = active.stage.analyst
    change = awards_services.change_award_state
    for state in (AwardState.ACTIVE, AwardState.ENDED):
        change(award=award, state=state, actor=analyst, on=END, reason="Signed")
    assert codes(active) == ["training_not_certified"], "until close-out, money moves"
    for one in reports_services.plan_closeout(award=award, actor=analyst):
        reports_services.record_closeout_step(step=one, actor=analyst, done_on=END)
    change(award=award, state=AwardState.CLOSED, actor=analyst, on=END, reason="Done")
    assert codes(active) == []
