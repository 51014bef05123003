"""Addresses of partnerships."""

from django.urls import path

from partnerships.views import overview, portfolio, record

urlpatterns = [
    path("", portfolio.portfolio, name="partnerships"),
    path("new/", record.open_record, name="partnership-new"),
    path("<int:pk>/", overview.overview, name="partnership"),
    path("<int:pk>/edit/", record.edit, name="partnership-edit"),
    path("<int:pk>/step/<slug:name>/", record.step, name="partnership-step"),
]
