"""Page cases for the people room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.cpc import records
from tests.support.page_cases import (
    ADDS,
    ADMINISTRATOR,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    ONCE,
    OWN,
    SAME,
    VISITOR,
    Arguments,
    Look,
    PageCase,
    TwoWriters,
    fill,
    press,
    pretend_earlier,
    wait_for,
)


def _person(key: str, **more: str) -> Arguments:
    return lambda scene: {"pk": scene.people[key].pk, **more}


def _agency(code: str) -> Arguments:
    return lambda scene: {"code": code}


def _access_change(key: str) -> Arguments:
    return lambda scene: {"pk": scene.access[key].pk}


ADMINISTRATOR_ITSELF: Arguments = lambda scene: {"pk": scene.users[Role.ADMINISTRATOR].pk}  # noqa: E731  # a table of short functions

LINK: Arguments = lambda scene: {"secret": scene.link}  # noqa: E731  # a table of short functions


CASES = (
    PageCase(
        "account_login",
        looks=(
            Look("sign-in", VISITOR, BOTH),
            Look(
                "sign-in-refused",
                VISITOR,
                ALL_ERRORS,
                actions=(
                    fill("Username", "analyst"),
                    fill("Password", "wrong"),
                    press("Sign in"),
                    wait_for("You are not signed in."),
                ),
            ),
            Look("sign-in-without-anything", VISITOR, ALL_ERRORS, actions=(press("Sign in"),)),
            Look("signed-out-by-the-way", VISITOR, ALL_ERRORS, query="?next=/ranking/"),
        ),
        second_writer=OWN,
    ),
    PageCase("account_logout", looks=(Look("sign-out", ANALYST),), second_writer=OWN),
    PageCase(
        "account_change_password",
        looks=(
            Look("password", ANALYST),
            Look("password-refused", ANALYST, ALL_ERRORS, actions=(press("Change your password"),)),
        ),
        second_writer="asks for the present password, which a second form no longer has",
    ),
    PageCase("account_inactive", looks=(Look("account-closed", VISITOR, ALL_ERRORS),)),
    PageCase(
        "invitation",
        url=records.open_link,
        looks=(
            Look("invitation", VISITOR, arguments=LINK),
            Look("invitation-refused", VISITOR, ALL_ERRORS, LINK, actions=(press("Set the password"),)),
            Look("invitation-void", VISITOR, ALL_ERRORS, status=404, address="/account/invitation/used-up/"),
        ),
        second_writer="a link is used once; the second use opens nothing",
    ),
    PageCase(
        "people",
        looks=(
            Look("people", ADMINISTRATOR, BOTH),
            Look("people-nothing", ADMINISTRATOR, query="?q=nowhere"),
            Look("people-refused", ADMINISTRATOR, ALL_ERRORS, query="?state=asleep", status=400),
        ),
    ),
    PageCase(
        "people-invite",
        looks=(
            Look("people-invite", ADMINISTRATOR),
            Look("people-invite-refused", ADMINISTRATOR, ALL_ERRORS, actions=(press("Send the invitation"),)),
        ),
        second_writer=ADDS,
    ),
    PageCase("people-roles", looks=(Look("people-roles", ADMINISTRATOR),)),
    PageCase("agencies", looks=(Look("agencies", ADMINISTRATOR, BOTH),)),
    PageCase(
        "agency-new",
        looks=(
            Look("agency-new", ADMINISTRATOR),
            Look("agency-new-refused", ADMINISTRATOR, ALL_ERRORS, actions=(press("Add the agency"),)),
        ),
        second_writer=ADDS,
    ),
    PageCase(
        "agency",
        url=records.agency,
        looks=(
            Look("agency", ADMINISTRATOR, arguments=_agency("dol")),
            Look("agency-without-contact", ADMINISTRATOR, arguments=_agency("dhs")),
            Look("agency-closed", ADMINISTRATOR, arguments=_agency("usaid")),
        ),
        second_writer=TwoWriters(Role.ADMINISTRATOR, {"name": ("A first agency", "A second agency")}),
    ),
    PageCase(
        "agency-close",
        url=records.agency,
        looks=(
            Look("agency-close", ADMINISTRATOR, arguments=_agency("dol")),
            Look(
                "agency-close-refused",
                ADMINISTRATOR,
                ALL_ERRORS,
                _agency("dol"),
                actions=(press("Close the agency"), wait_for("Nothing was closed.")),
            ),
        ),
        second_writer=ONCE,
    ),
    PageCase(
        "agency-reopen",
        url=records.agency,
        looks=(Look("agency-reopen", ADMINISTRATOR, arguments=_agency("usaid")),),
        second_writer=SAME,
    ),
    PageCase("access-changes", looks=(Look("access-changes", (*ADMINISTRATOR, *APPROVER), BOTH),)),
    PageCase(
        "access-change",
        url=records.access_change,
        looks=(
            Look("access-change", APPROVER, arguments=_access_change("waiting")),
            Look("access-change-own", ADMINISTRATOR, arguments=_access_change("waiting")),
            Look("access-change-refused", APPROVER, arguments=_access_change("refused")),
            Look(
                "access-change-undecided",
                APPROVER,
                ALL_ERRORS,
                _access_change("waiting"),
                actions=(press("Record the decision"), wait_for("Nothing was decided.")),
            ),
        ),
        second_writer=ONCE,
    ),
    PageCase(
        "person",
        url=records.account,
        looks=(
            Look("person", ADMINISTRATOR, arguments=_person("active")),
            Look("person-with-a-change", ADMINISTRATOR, arguments=_person("asked")),
            Look("person-invited", ADMINISTRATOR, arguments=_person("invited")),
            Look("person-disabled", ADMINISTRATOR, arguments=_person("disabled")),
            Look("person-last-administrator", ADMINISTRATOR, arguments=ADMINISTRATOR_ITSELF),
            Look(
                "person-overtaken",
                ADMINISTRATOR,
                ALL_ERRORS,
                _person("active"),
                actions=(pretend_earlier(), press("Save the account"), wait_for("Changed while this page was open")),
            ),
        ),
        second_writer=TwoWriters(Role.ADMINISTRATOR, {"name": ("A first name", "A second name")}),
    ),
    PageCase(
        "person-step",
        url=lambda world: {**records.account(world), "step": "disable"},
        looks=(
            Look("person-send-a-link", ADMINISTRATOR, arguments=_person("invited", step="send")),
            Look(
                "person-disable-refused",
                ADMINISTRATOR,
                ALL_ERRORS,
                _person("active", step="disable"),
                actions=(press("Disable the account"), wait_for("Nothing was done.")),
            ),
        ),
        second_writer=SAME,
    ),
)
