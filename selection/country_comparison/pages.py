"""URLs of countries side by side."""

from django.urls import path

from selection.country_comparison import views

urlpatterns = [
    path("ranking/compare/", views.compare, name="compare-countries"),
]
