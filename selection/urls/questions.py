"""Addresses of the questions asked of a ranking."""

from django.urls import path

from selection.views import what_if_data

urlpatterns = [
    path("ranking/what-if/draws/", what_if_data.draws, name="what-if-draws"),
]
