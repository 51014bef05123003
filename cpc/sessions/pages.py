"""URLs of one's own sessions and stored forms."""

from cpc.sessions import views
from cpc.web.pages import Page

PAGES = [
    Page("account/sessions/", views.sessions, "account-sessions", label="Where you are signed in"),
    Page("account/sessions/end-others/", views.EndOtherSessions, "account-sessions-end-others"),
    Page("account/sessions/report/", views.ReportSessions, "account-sessions-report"),
    Page("account/sessions/<uuid:handle>/end/", views.EndSession, "account-session-end"),
    Page("account/unsent/<int:pk>/", views.unsent_form, "unsent-form"),
    Page("account/unsent/<int:pk>/discard/", views.DiscardUnsentForm, "unsent-form-discard"),
    Page("account/session/", views.session, "session", no_permission="answers about the own session only"),
    Page("account/session/forms/", views.keep_forms, "session-forms", no_permission="keeps forms of the own session"),
]
