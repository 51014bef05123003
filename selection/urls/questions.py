"""Addresses of the questions asked of a ranking."""

from django.urls import path

from selection.views import how_sure

urlpatterns = [
    path("ranking/how-sure/", how_sure.page, name="how-sure"),
]
