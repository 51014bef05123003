"""Addresses of the kernel's pages."""

from django.urls import path

from cpc.site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz/", views.health, name="health"),
    path("readyz", views.ready, name="ready"),
    path("find/", views.find, name="search"),
    path("about/accessibility/", views.statement, {"template": "accessibility"}, name="accessibility"),
    path("about/privacy/", views.statement, {"template": "privacy"}, name="privacy"),
    path("about/what-is-real/", views.statement, {"template": "real"}, name="what-is-real"),
    path("about/states/", views.states, name="states"),
]
