"""Addresses of the questions asked of a ranking."""

from django.urls import path

from selection.views import compare_countries

urlpatterns = [
    path("ranking/compare/", compare_countries.compare, name="compare-countries"),
]
