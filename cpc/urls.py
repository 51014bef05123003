"""Addresses of the whole product: the only list that names every app."""

from allauth.account import views as account
from django.urls import include, path

handler400 = "cpc.web.errors.bad_request"
handler403 = "cpc.web.errors.permission_denied"
handler404 = "cpc.web.errors.page_not_found"
handler429 = "cpc.web.errors.too_many_requests"
handler500 = "cpc.web.errors.server_error"

urlpatterns = [
    path("", include("cpc.web.urls")),
    path("account/sign-in/", account.login, name="account_login"),
    path("account/sign-out/", account.logout, name="account_logout"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/closed/", account.account_inactive, name="account_inactive"),
]
