"""Addresses of the inbox."""

from django.urls import path

from cpc.notifications import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read_all, name="inbox-read-all"),
    path("mail/", views.preferences, name="inbox-preferences"),
    path("<int:pk>/read/", views.read, name="inbox-read"),
]
