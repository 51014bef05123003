"""URLs of second factors, of the second step of signing in, and of confirming who uses a session."""

from cpc.identity.views import security, sign_in
from cpc.web.pages import Page

OWN = "open to everyone who is signed in"

PAGES = [
    Page("account/sign-in/second-step/", sign_in.second_step, "mfa_authenticate", no_permission="open to visitors"),
    Page("account/sign-in/passkey/", sign_in.passkey_sign_in, "mfa_login_webauthn", no_permission="open to visitors"),
    Page("account/confirm/", sign_in.Confirm, "account-confirm", no_permission=OWN),
    Page("account/security/", security.security, "account-security", no_permission=OWN, label="Security"),
    Page("account/security/passkeys/add/", security.AddPasskey, "passkey-add", no_permission=OWN),
    Page("account/security/passkeys/<int:pk>/rename/", security.RenamePasskey, "passkey-rename", no_permission=OWN),
    Page("account/security/passkeys/<int:pk>/remove/", security.RemovePasskey, "passkey-remove", no_permission=OWN),
    Page("account/security/codes/add/", security.AddCodes, "codes-add", no_permission=OWN),
    Page("account/security/codes/remove/", security.RemoveCodes, "codes-remove", no_permission=OWN),
    Page("account/security/codes/renew/", security.RenewCodes, "codes-renew", no_permission=OWN),
]
