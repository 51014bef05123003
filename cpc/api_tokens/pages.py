"""Addresses under /account/tokens/."""

from django.urls import path

from cpc.api_tokens import views

urlpatterns = [
    path("", views.own_tokens, name="account-tokens"),
    path("all/", views.all_tokens, name="account-tokens-all"),
    path("<int:pk>/revoke/", views.revoke, name="account-token-revoke"),
]
