"""Addresses under /api/v1/partnerships/."""

from django.urls import path

from partnerships.api.money import Contributions, Ledger
from partnerships.api.results import Results
from partnerships.api.views import Findings, Partnerships, Transitions

urlpatterns = [
    path("", Partnerships.listing(), name="partnerships"),
    path("<int:id>/", Partnerships.single(), name="partnership"),
    path("<int:id>/findings/", Findings.as_view(), name="partnership-findings"),
    path("<int:id>/transitions/", Transitions.as_view(), name="partnership-transitions"),
    path("<int:id>/contributions/", Contributions.listing(), name="partnership-contributions"),
    path("<int:id>/ledger/", Ledger.listing(), name="partnership-ledger"),
    path("<int:id>/results/", Results.as_view(), name="partnership-results"),
]
