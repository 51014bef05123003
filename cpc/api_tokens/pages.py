"""Addresses under /account/tokens/."""

from django.urls import path

from cpc.api_tokens import views

urlpatterns = [
    path("", views.IssueToken.as_view(), name="account-tokens"),
    path("all/", views.all_tokens, name="account-tokens-all"),
    path("<int:pk>/revoke/", views.RevokeToken.as_view(), name="account-token-revoke"),
]
