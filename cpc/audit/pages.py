"""URLs of the audit trail."""

from cpc.audit import views
from cpc.web.pages import Page

PAGES = [
    Page("audit/", views.trail, "audit", footer=("Audit trail", 70)),
    Page("audit/<int:pk>/", views.entry, "audit-entry"),
]
