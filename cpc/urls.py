"""Addresses of the whole product: the only list that names every app."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from cpc.api import views as api
from cpc.people import activation

handler400 = "cpc.site.errors.bad_request"
handler403 = "cpc.site.errors.permission_denied"
handler404 = "cpc.site.errors.page_not_found"
handler429 = "cpc.site.errors.too_many_requests"
handler500 = "cpc.site.errors.server_error"

api_v1: list[URLPattern | URLResolver] = [
    path("schema/", api.Schema.as_view(), name="schema"),
    path("", include("indicators.api_urls")),
    path("", include("selection.api_urls")),
    path("partnerships/", include("partnerships.api_urls")),
]

urlpatterns = [
    path("", include("cpc.site.pages")),
    path("api/", include("cpc.api.urls")),
    path("api/v1/", include((api_v1, "api"))),
    path("inbox/", include("cpc.notifications.urls")),
    path("audit/", include("cpc.audit.urls")),
    path("data/", include("indicators.urls")),
    path("", include("selection.urls")),
    path("partnerships/", include("partnerships.urls")),
    path("account/sign-in/", account.login, name="account_login"),
    path("account/sign-out/", account.logout, name="account_logout"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/people/", include("cpc.people.pages")),
    path("account/invitation/<str:secret>/", activation.invitation, name="invitation"),
    path("account/tokens/", include("cpc.api_tokens.pages")),
    path("account/closed/", account.account_inactive, name="account_inactive"),
]
