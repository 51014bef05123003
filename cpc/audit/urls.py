"""Addresses of the audit trail."""

from django.urls import path

from cpc.audit import views

urlpatterns = [
    path("", views.trail, name="audit"),
    path("<int:pk>/", views.entry, name="audit-entry"),
]
