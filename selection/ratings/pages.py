"""URLs of ratings and of documents about candidates."""

from django.urls import path

from selection.ratings import views
from selection.ratings.candidate_documents import views as candidate_documents_views

_RATED = "rounds/<int:pk>/ratings/<slug:code>/"
_PAPERS = "rounds/<int:pk>/candidates/<slug:code>/papers/"

urlpatterns = [
    path("rounds/<int:pk>/ratings/", views.ratings, name="round-ratings"),
    path(_RATED, views.candidate, name="ratings-of"),
    path(f"{_RATED}<slug:criterion>/", views.RateCriterion.as_view(), name="rate"),
    path(f"{_RATED}<slug:criterion>/withdraw/", views.WithdrawRating.as_view(), name="rating-withdraw"),
    path(f"{_PAPERS}new/", candidate_documents_views.AddPaper.as_view(), name="paper-new"),
    path(f"{_PAPERS}<int:paper>/", candidate_documents_views.file, name="paper-file"),
    path(f"{_PAPERS}<int:paper>/version/", candidate_documents_views.AddPaper.as_view(), name="paper-version"),
]
