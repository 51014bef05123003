"""URLs of countries."""

from cpc.web.pages import Page
from selection.countries import views

PAGES = [
    Page("countries/", views.countries, "countries", header=("Countries", 30)),
    Page("countries/<slug:code>/", views.country, "country"),
]
