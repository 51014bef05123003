from cpc.web.pages import Page
from partnerships.term_sheets import views

PAGES = [
    Page("<int:pk>/terms/sheet/<slug:sheet>/", views.TermsSheet, "partnership-terms-sheet"),
]
