"""URLs of the consultation on criteria."""

from cpc.web.pages import Page
from selection.criteria_consultation import views

PAGES = [
    Page("models/<int:pk>/criteria/ask/", views.AskOnCriteria, "criteria-ask"),
    Page("models/<int:pk>/criteria/record/", views.RecordAnswer, "criteria-record"),
    Page("consultation/criteria/<int:pk>/", views.AnswerOnCriteria, "criteria-answer"),
]
