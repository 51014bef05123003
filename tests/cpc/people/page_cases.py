"""Page cases for the people room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.cpc import records
from tests.support.page_cases import (
    ADDS,
    ADMINISTRATOR,
    ALL_ERRORS,
    APPROVER,
    BOTH,
    EVERYBODY,
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
    refused,
    tick,
    wait_for,
)
from tests.worlds.demonstration import Scene


def _person(key: str, **more: str) -> Arguments:
    return lambda scene: {"pk": scene.people[key].pk, **more}


def _agency(code: str) -> Arguments:
    return lambda scene: {"code": code}


def _access_change(key: str) -> Arguments:
    return lambda scene: {"pk": scene.access[key].pk}


ADMINISTRATOR_ITSELF: Arguments = lambda scene: {"pk": scene.users[Role.ADMINISTRATOR].pk}  # noqa: E731  # a table of short functions


def _api_client(scene: Scene) -> dict[str, int]:
    return {"pk": scene.users[Role.API_CLIENT].pk}


LINK: Arguments = lambda scene: {"secret": scene.link}  # noqa: E731  # a table of short functions


CASES = (
    PageCase("account-settings", Look("settings", roles=EVERYBODY), second_writer=OWN),
    PageCase(
        "account_login",
        Look("sign-in", roles=VISITOR, states=BOTH),
        Look(
            "sign-in-refused",
            roles=VISITOR,
            states=ALL_ERRORS,
            actions=(
                fill("Username", "analyst"),
                fill("Password", "wrong"),
                press("Sign in"),
                wait_for("You are not signed in."),
            ),
        ),
        Look("sign-in-without-anything", roles=VISITOR, states=ALL_ERRORS, actions=(press("Sign in"),)),
        Look("signed-out-by-the-way", roles=VISITOR, states=ALL_ERRORS, query="?next=/ranking/"),
        second_writer=OWN,
    ),
    PageCase("account_logout", Look("sign-out"), second_writer=OWN),
    PageCase(
        "account_change_password",
        Look("password"),
        refused("password", "Change your password"),
        second_writer="asks for the present password, which a second form no longer has",
    ),
    PageCase("account_inactive", Look("account-closed", roles=VISITOR, states=ALL_ERRORS)),
    PageCase(
        "invitation",
        Look("invitation", LINK, VISITOR),
        refused("invitation", "Set the password", LINK, roles=VISITOR),
        Look("invitation-void", roles=VISITOR, states=ALL_ERRORS, status=404, address="/account/invitation/used-up/"),
        url=records.open_link,
        second_writer="a link is used once; the second use opens nothing",
    ),
    PageCase(
        "people",
        Look("people", roles=ADMINISTRATOR, states=BOTH),
        Look("people-nothing", roles=ADMINISTRATOR, query="?q=nowhere"),
        Look("people-refused", roles=ADMINISTRATOR, states=ALL_ERRORS, query="?state=asleep", status=400),
    ),
    PageCase(
        "people-invite",
        Look("people-invite", roles=ADMINISTRATOR),
        refused("people-invite", "Send the invitation", roles=ADMINISTRATOR),
        second_writer=ADDS,
    ),
    PageCase("people-roles", Look("people-roles", roles=ADMINISTRATOR)),
    PageCase("agencies", Look("agencies", roles=ADMINISTRATOR, states=BOTH)),
    PageCase(
        "agency-new",
        Look("agency-new", roles=ADMINISTRATOR),
        refused("agency-new", "Add the agency", roles=ADMINISTRATOR),
        second_writer=ADDS,
    ),
    PageCase(
        "agency",
        Look("agency", _agency("dol"), ADMINISTRATOR),
        Look("agency-without-contact", _agency("dhs"), ADMINISTRATOR),
        Look("agency-closed", _agency("usaid"), ADMINISTRATOR),
        url=records.agency,
        second_writer=TwoWriters(Role.ADMINISTRATOR, {"name": ("A first agency", "A second agency")}),
    ),
    PageCase(
        "agency-close",
        Look("agency-close", _agency("dol"), ADMINISTRATOR),
        refused(
            "agency-close",
            "Close the agency",
            _agency("dol"),
            roles=ADMINISTRATOR,
            then=wait_for("Nothing was closed."),
        ),
        url=records.agency,
        second_writer=ONCE,
    ),
    PageCase(
        "agency-reopen", Look("agency-reopen", _agency("usaid"), ADMINISTRATOR), url=records.agency, second_writer=SAME
    ),
    PageCase("access-changes", Look("access-changes", roles=(*ADMINISTRATOR, *APPROVER), states=BOTH)),
    PageCase(
        "access-change",
        Look("access-change", _access_change("waiting"), APPROVER),
        Look("access-change-own", _access_change("waiting"), ADMINISTRATOR),
        Look("access-change-of-a-program", _access_change("grant"), APPROVER),
        Look("access-change-refused", _access_change("refused"), APPROVER),
        Look(
            "access-change-undecided",
            _access_change("waiting"),
            APPROVER,
            states=ALL_ERRORS,
            actions=(press("Record the decision"), wait_for("Nothing was decided.")),
        ),
        url=records.access_change,
        second_writer=ONCE,
    ),
    PageCase(
        "person",
        Look("person", _person("active"), ADMINISTRATOR),
        Look("person-with-a-change", _person("asked"), ADMINISTRATOR),
        Look("person-invited", _person("invited"), ADMINISTRATOR),
        Look("person-program", _person("program"), ADMINISTRATOR),
        Look("person-disabled", _person("disabled"), ADMINISTRATOR),
        Look("person-last-administrator", ADMINISTRATOR_ITSELF, ADMINISTRATOR),
        Look(
            "person-overtaken",
            _person("active"),
            ADMINISTRATOR,
            states=ALL_ERRORS,
            actions=(pretend_earlier(), press("Save the account"), wait_for("Changed while this page was open")),
        ),
        url=records.account,
        second_writer=TwoWriters(Role.ADMINISTRATOR, {"name": ("A first name", "A second name")}),
    ),
    PageCase(
        "person-grant",
        Look("person-grant", _api_client, ADMINISTRATOR),
        Look("person-grant-waiting", _person("program"), ADMINISTRATOR),
        Look(
            "person-grant-incomplete",
            _api_client,
            ADMINISTRATOR,
            states=ALL_ERRORS,
            actions=(
                tick("Record contributions and award ledgers"),
                press("Save the grant"),
                wait_for("Nothing was granted."),
            ),
        ),
        url=records.program,
        second_writer=TwoWriters(
            Role.ADMINISTRATOR, {"last_day": ("2098-06-30", "2098-07-31")}, shown_to_second="Jun 30, 2098"
        ),
    ),
    PageCase(
        "person-step",
        Look("person-send-a-link", _person("invited", step="send"), ADMINISTRATOR),
        refused(
            "person-disable",
            "Disable the account",
            _person("active", step="disable"),
            roles=ADMINISTRATOR,
            then=wait_for("Nothing was done."),
        ),
        url=lambda world: {**records.account(world), "step": "disable"},
        second_writer=SAME,
    ),
)
