"""Addresses of what the office rates, reviews and keeps about candidates."""

from django.urls import path

from selection.views import papers, ratings, restrictions

_RATED = "rounds/<int:pk>/ratings/<slug:code>/"
_PAPERS = "rounds/<int:pk>/candidates/<slug:code>/papers/"
_RESTRICTIONS = "countries/<slug:code>/restrictions/"

urlpatterns = [
    path("rounds/<int:pk>/ratings/", ratings.ratings, name="round-ratings"),
    path(_RATED, ratings.candidate, name="ratings-of"),
    path(f"{_RATED}<slug:criterion>/", ratings.rate, name="rate"),
    path(f"{_RATED}<slug:criterion>/withdraw/", ratings.withdraw, name="rating-withdraw"),
    path("rounds/<int:pk>/restrictions/", restrictions.overview, name="round-restrictions"),
    path(_RESTRICTIONS, restrictions.country, name="restrictions"),
    path(f"{_RESTRICTIONS}review/", restrictions.review, name="restriction-review"),
    path(f"{_PAPERS}new/", papers.add, name="paper-new"),
    path(f"{_PAPERS}<int:paper>/", papers.file, name="paper-file"),
    path(f"{_PAPERS}<int:paper>/version/", papers.add, name="paper-version"),
]
