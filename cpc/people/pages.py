"""URLs of signing in, of accounts, of changes that take two people, and of agencies."""

from allauth.account import views as account

from cpc.people import activation
from cpc.people.views import access_changes as access_changes_views
from cpc.people.views import agencies as agencies_views
from cpc.people.views import identities as identities_views
from cpc.people.views import people as people_views
from cpc.people.views import programs as programs_views
from cpc.people.views import settings as settings_views
from cpc.web.pages import Page

PAGES = [
    Page("account/sign-in/", account.login, "account_login", no_permission="open to visitors"),
    Page("account/sign-out/", account.logout, "account_logout", no_permission="open to everyone who is signed in"),
    Page(
        "account/password/",
        account.password_change,
        "account_change_password",
        no_permission="open to everyone who is signed in",
    ),
    Page("account/settings/", settings_views.Settings, "account-settings"),
    Page("account/closed/", account.account_inactive, "account_inactive", no_permission="open to visitors"),
    Page("account/invitation/<str:secret>/", activation.invitation, "invitation", no_permission="open to visitors"),
    Page("account/people/", people_views.people, "people", footer=("People", 60)),
    Page("account/people/invite/", people_views.Invite, "people-invite"),
    Page("account/people/roles/", people_views.roles, "people-roles"),
    Page("account/people/agencies/", agencies_views.agencies, "agencies"),
    Page("account/people/agencies/new/", agencies_views.AddAgency, "agency-new"),
    Page("account/people/agencies/<slug:code>/", agencies_views.EditAgency, "agency"),
    Page("account/people/agencies/<slug:code>/close/", agencies_views.CloseAgency, "agency-close"),
    Page("account/people/agencies/<slug:code>/reopen/", agencies_views.ReopenAgency, "agency-reopen"),
    Page("account/access/", access_changes_views.changes, "access-changes", footer=("Changes of access", 65)),
    Page("account/access/<int:pk>/", access_changes_views.DecideAccessChange, "access-change"),
    Page("account/people/<int:pk>/", people_views.EditPerson, "person"),
    Page("account/people/<int:pk>/sign-ins/", identities_views.ConnectPerson, "person-identities"),
    Page("account/people/<int:pk>/sign-ins/<int:link>/end/", identities_views.DisconnectPerson, "person-identity-end"),
    Page("account/people/<int:pk>/grant/", programs_views.GrantProgram, "person-grant"),
    Page("account/people/<int:pk>/<slug:step>/", people_views.TakeStep, "person-step"),
]
