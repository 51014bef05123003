"""Addresses of the consultation: what the office runs in a round, and what an agency answers."""

from django.urls import path

from selection.views import consultation, requests, responses

_ONE = "rounds/<int:pk>/requests/<int:asked>/"

urlpatterns = [
    path("rounds/<int:pk>/requests/", requests.requests, name="round-requests"),
    path("rounds/<int:pk>/requests/new/", requests.new, name="round-request-new"),
    path("rounds/<int:pk>/requests/not-applicable/", requests.not_applicable, name="round-not-applicable"),
    path(_ONE, requests.one, name="round-request"),
    path(f"{_ONE}edit/", requests.edit, name="round-request-edit"),
    path(f"{_ONE}send/", requests.send, name="round-request-send"),
    path(f"{_ONE}drop/", requests.drop, name="round-request-drop"),
    path(f"{_ONE}due/", requests.due, name="round-request-due"),
    path(f"{_ONE}candidates/", requests.candidates, name="round-request-candidates"),
    path(f"{_ONE}<slug:code>/proceed/", responses.proceed, name="round-request-proceed"),
    path("rounds/<int:pk>/positions/<int:position>/disposition/", responses.disposition, name="position-disposition"),
    path("rounds/<int:pk>/positions/<int:position>/extension/", responses.extension, name="position-extension"),
    path("consultation/", consultation.queue, name="consultation"),
    path("consultation/<int:pk>/<slug:code>/", consultation.review, name="consultation-review"),
    path("consultation/<int:pk>/<slug:code>/confirm/", consultation.confirm, name="consultation-confirm"),
]
