"""URLs of countries."""

from django.urls import path

from selection.countries import views

urlpatterns = [
    path("countries/", views.countries, name="countries"),
    path("countries/<slug:code>/", views.country, name="country"),
]
