"""Page cases for the identity room."""

from __future__ import annotations

from cpc.accounts.permissions import Role
from tests.cpc import records
from tests.support.page_cases import (
    ALL_ERRORS,
    OWN,
    VIEWER,
    Arguments,
    Look,
    PageCase,
    fill,
    press,
    wait_for,
)

PASSKEY: Arguments = lambda scene: {"pk": scene.passkey}  # noqa: E731  # a function in one line

CASES = (
    # Both lead to the sign-in page without a first step. tests/browser/test_identity.py looks at the second.
    PageCase("mfa_authenticate", second_writer=OWN),
    PageCase("mfa_login_webauthn", second_writer=OWN),
    PageCase(
        "account-confirm",
        Look("confirm", roles=(Role.ANALYST, Role.VIEWER)),
        Look(
            "confirm-refused",
            states=ALL_ERRORS,
            actions=(fill("Your password", "wrong"), press("Confirm"), wait_for("Nothing was confirmed.")),
        ),
        second_writer=OWN,
    ),
    PageCase("account-security", Look("security", roles=(Role.ANALYST, Role.APPROVER, Role.VIEWER))),
    PageCase(
        "passkey-add",
        Look("passkey-add", roles=(Role.ANALYST, Role.VIEWER)),
        Look(
            "passkey-add-refused",
            states=ALL_ERRORS,
            actions=(fill("Name", ""), press("Create the passkey"), wait_for("Nothing was changed.")),
        ),
        second_writer=OWN,
    ),
    PageCase(
        "passkey-rename",
        Look("passkey-rename", PASSKEY, VIEWER),
        Look(
            "passkey-rename-refused",
            PASSKEY,
            VIEWER,
            states=ALL_ERRORS,
            actions=(fill("Name", ""), press("Save the name"), wait_for("Nothing was changed.")),
        ),
        url=records.passkey_of_the_viewer,
        second_writer=OWN,
    ),
    PageCase(
        "passkey-remove", Look("passkey-remove", PASSKEY, VIEWER), url=records.passkey_of_the_viewer, second_writer=OWN
    ),
    PageCase(
        "codes-add",
        Look("codes-add"),
        Look(
            "codes-add-refused",
            states=ALL_ERRORS,
            actions=(press("Add the app"), wait_for("The app was not added.")),
        ),
        second_writer=OWN,
    ),
    PageCase("codes-remove", Look("codes-remove", roles=VIEWER), second_writer=OWN),
    PageCase(
        "codes-renew",
        Look("codes-renew", roles=VIEWER),
        Look("codes-renewed", roles=VIEWER, actions=(press("Make new codes"), wait_for("Keep these recovery codes"))),
        second_writer=OWN,
    ),
)
