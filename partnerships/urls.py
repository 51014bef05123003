"""Addresses of partnerships."""

from django.urls import path

from partnerships.views import overview, portfolio

urlpatterns = [
    path("", portfolio.portfolio, name="partnerships"),
    path("<int:pk>/", overview.overview, name="partnership"),
]
