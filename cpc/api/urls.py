"""Addresses about the interface itself. The endpoints are put together in `cpc.urls`, under `v1/`."""

from django.urls import path

from cpc.api import views

urlpatterns = [
    path("docs/", views.documentation, name="api-documentation"),
    path("docs/console/", views.console, name="api-console"),
    path("problems/", views.problem_types, name="api-problems"),
]
