"""Addresses of the consultation: what the office runs in a round, and what an agency answers."""

from django.urls import path

from selection.consultation.views import dispositions as dispositions_views
from selection.consultation.views import positions as positions_views
from selection.consultation.views import requests as requests_views

_ONE = "rounds/<int:pk>/requests/<int:asked>/"

urlpatterns = [
    path("rounds/<int:pk>/requests/", requests_views.requests, name="round-requests"),
    path("rounds/<int:pk>/requests/new/", requests_views.DraftRequest.as_view(), name="round-request-new"),
    path(
        "rounds/<int:pk>/requests/not-applicable/",
        requests_views.RecordNotApplicable.as_view(),
        name="round-not-applicable",
    ),
    path(_ONE, requests_views.one, name="round-request"),
    path(f"{_ONE}edit/", requests_views.EditRequest.as_view(), name="round-request-edit"),
    path(f"{_ONE}send/", requests_views.SendRequest.as_view(), name="round-request-send"),
    path(f"{_ONE}drop/", requests_views.DropRequest.as_view(), name="round-request-drop"),
    path(f"{_ONE}due/", requests_views.MoveDueDate.as_view(), name="round-request-due"),
    path(f"{_ONE}candidates/", requests_views.AddCandidates.as_view(), name="round-request-candidates"),
    path(f"{_ONE}<slug:code>/proceed/", dispositions_views.ProceedWithout.as_view(), name="round-request-proceed"),
    path(
        "rounds/<int:pk>/positions/<int:position>/disposition/",
        dispositions_views.RecordDisposition.as_view(),
        name="position-disposition",
    ),
    path(
        "rounds/<int:pk>/positions/<int:position>/extension/",
        dispositions_views.AnswerExtension.as_view(),
        name="position-extension",
    ),
    path("consultation/", positions_views.queue, name="consultation"),
    path("consultation/<int:pk>/<slug:code>/", positions_views.AnswerRequest.as_view(), name="consultation-review"),
    path(
        "consultation/<int:pk>/<slug:code>/confirm/",
        positions_views.ConfirmPosition.as_view(),
        name="consultation-confirm",
    ),
]
