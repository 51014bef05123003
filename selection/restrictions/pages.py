"""URLs of restrictions."""

from django.urls import path

from selection.restrictions import views

_COUNTRY = "countries/<slug:code>/restrictions/"


urlpatterns = [
    path("rounds/<int:pk>/restrictions/", views.overview, name="round-restrictions"),
    path(_COUNTRY, views.country, name="restrictions"),
    path(f"{_COUNTRY}review/", views.RecordReview.as_view(), name="restriction-review"),
]
