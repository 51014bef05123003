"""URLs of second factors, of the second step of signing in, and of confirming who uses a session."""

from cpc.identity import sign_in, views
from cpc.web.pages import Page

OWN = "open to everyone who is signed in"

PAGES = [
    Page("account/sign-in/second-step/", sign_in.second_step, "mfa_authenticate", no_permission="open to visitors"),
    Page("account/sign-in/passkey/", sign_in.passkey_sign_in, "mfa_login_webauthn", no_permission="open to visitors"),
    Page("account/confirm/", sign_in.Confirm, "account-confirm", no_permission=OWN),
    Page("account/security/", views.security, "account-security", no_permission=OWN, label="Security"),
    Page("account/security/passkeys/add/", views.AddPasskey, "passkey-add", no_permission=OWN),
    Page("account/security/passkeys/<int:pk>/rename/", views.RenamePasskey, "passkey-rename", no_permission=OWN),
    Page("account/security/passkeys/<int:pk>/remove/", views.RemovePasskey, "passkey-remove", no_permission=OWN),
    Page("account/security/codes/add/", views.AddCodes, "codes-add", no_permission=OWN),
    Page("account/security/codes/remove/", views.RemoveCodes, "codes-remove", no_permission=OWN),
    Page("account/security/codes/renew/", views.RenewCodes, "codes-renew", no_permission=OWN),
]
