"""Addresses under /api/v1/."""

from django.urls import path

from indicators.api import kept, name_mappings, views

urlpatterns = [
    path("countries/", views.Countries.listing(), name="countries"),
    path("countries/<slug:code>/", views.Countries.single(), name="country"),
    path("sources/", views.Sources.listing(), name="sources"),
    path("sources/<slug:key>/", views.Sources.single(), name="source"),
    path("indicators/", views.Indicators.listing(), name="indicators"),
    path("indicators/<str:code>/", views.Indicators.single(), name="indicator"),
    path("observations/", views.Observations.listing(), name="observations"),
    path("observations/<int:pk>/", views.Observations.single(), name="observation"),
    path("name-mappings/", name_mappings.NameMappings.listing(), name="name-mappings"),
    path("name-mappings/<int:pk>/", name_mappings.NameMappings.single(), name="name-mapping"),
    path("programs/", kept.Programs.listing(), name="programs"),
    path("programs/<int:pk>/", kept.Programs.single(), name="program"),
    path("plans/", kept.Plans.listing(), name="plans"),
    path("plans/<int:pk>/", kept.Plans.single(), name="plan"),
]
