"""Addresses of the questions asked of a ranking."""

from django.urls import path

from selection.views import how_sure, what_if_data

urlpatterns = [
    path("ranking/what-if/draws/", what_if_data.draws, name="what-if-draws"),
    path("ranking/how-sure/", how_sure.page, name="how-sure"),
]
