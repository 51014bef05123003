"""URLs of signing."""

from cpc.web.pages import Page
from selection.signing import views

PAGES = [
    Page("rounds/<int:pk>/sign/", views.SignAll, "round-sign"),
    Page("rounds/<int:pk>/deliberation/<slug:code>/decide/", views.Decide, "decide"),
    Page("rounds/<int:pk>/deliberation/<slug:code>/answer/", views.AnswerQuestion, "discussion-answer"),
]
