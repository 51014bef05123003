"""URLs of ratings and of documents on candidates."""

from cpc.web.pages import Page
from selection.page_frame import ROUND_TABS
from selection.ratings import views
from selection.ratings.candidate_documents import views as candidate_documents_views
from selection.ratings.grid import views as grid_views

_RATED = "rounds/<int:pk>/ratings/<slug:code>/"
_DOCUMENTS = "rounds/<int:pk>/candidates/<slug:code>/papers/"

PAGES = [
    Page("rounds/<int:pk>/ratings/", views.ratings, "round-ratings", tab=ROUND_TABS("Ratings")),
    Page("rounds/<int:pk>/ratings/all/", views.overview, "round-ratings-all"),
    Page(_RATED, views.candidate, "ratings-of"),
    Page(f"{_RATED}rate/", grid_views.RateCandidate, "rate-candidate"),
    Page(f"{_RATED}<slug:criterion>/", views.RateCriterion, "rate"),
    Page(f"{_RATED}<slug:criterion>/withdraw/", views.WithdrawRating, "rating-withdraw"),
    Page(f"{_DOCUMENTS}new/", candidate_documents_views.AddDocument, "paper-new"),
    Page(f"{_DOCUMENTS}<int:document>/", candidate_documents_views.file, "paper-file"),
    Page(f"{_DOCUMENTS}<int:document>/version/", candidate_documents_views.AddDocument, "paper-version"),
]
