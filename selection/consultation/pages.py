"""URLs of the consultation: pages of the office for a round, and pages of a reviewer's agency."""

from cpc.web.pages import Page
from selection.consultation.views import asking as asking_views
from selection.consultation.views import dispositions as dispositions_views
from selection.consultation.views import positions as positions_views
from selection.consultation.views import requests as requests_views

_ONE = "rounds/<int:pk>/requests/<int:asked>/"

PAGES = [
    Page("rounds/<int:pk>/requests/", requests_views.requests, "round-requests"),
    Page("rounds/<int:pk>/requests/ask/", asking_views.AskAgencies, "round-requests-ask"),
    Page("rounds/<int:pk>/requests/new/", requests_views.DraftRequest, "round-request-new"),
    Page("rounds/<int:pk>/requests/not-applicable/", requests_views.RecordNotApplicable, "round-not-applicable"),
    Page(_ONE, requests_views.one, "round-request"),
    Page(f"{_ONE}edit/", requests_views.EditRequest, "round-request-edit"),
    Page(f"{_ONE}send/", requests_views.SendRequest, "round-request-send"),
    Page(f"{_ONE}drop/", requests_views.DropRequest, "round-request-drop"),
    Page(f"{_ONE}due/", requests_views.MoveDueDate, "round-request-due"),
    Page(f"{_ONE}candidates/", requests_views.AddCandidates, "round-request-candidates"),
    Page(
        "rounds/<int:pk>/positions/<int:position>/disposition/",
        dispositions_views.RecordDisposition,
        "position-disposition",
    ),
    Page(
        "rounds/<int:pk>/positions/<int:position>/extension/", dispositions_views.AnswerExtension, "position-extension"
    ),
    Page("consultation/", positions_views.queue, "consultation", header=("Consultation", 15)),
]
