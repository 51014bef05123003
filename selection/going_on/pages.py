"""URLs of the page “Consultation and decision” and of consent to cut a consultation short."""

from cpc.web.pages import Page
from selection.going_on import views
from selection.page_frame import ROUND_TABS

_PROPOSAL = "rounds/<int:pk>/cut-short/<int:proposal>/"

PAGES = [
    Page(
        "rounds/<int:pk>/consultation/",
        views.ConsultationAndDecision,
        "round-consultation",
        tab=ROUND_TABS("Consultation and decision"),
    ),
    Page(_PROPOSAL, views.DecideCutShort, "cut-short"),
    Page(f"{_PROPOSAL}withdraw/", views.WithdrawCutShort, "cut-short-withdraw"),
    Page("consultation/consent/<int:line>/", views.ConsentForAgency, "cut-short-consent"),
]
