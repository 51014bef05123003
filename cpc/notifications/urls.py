"""Addresses of the inbox."""

from django.urls import path

from cpc.notifications import views

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.ReadAll.as_view(), name="inbox-read-all"),
    path("mail/", views.Preferences.as_view(), name="inbox-preferences"),
    path("<int:pk>/read/", views.Read.as_view(), name="inbox-read"),
]
