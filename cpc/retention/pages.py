"""URLs of retention and legal holds."""

from cpc.retention import views
from cpc.web.pages import Page

PAGES = [
    Page("system/retention/", views.retention, "retention", label="Retention and legal holds"),
    Page("system/retention/hold/", views.IssueHold, "hold-issue"),
    Page("system/retention/hold/<int:pk>/lift/", views.LiftHold, "hold-lift"),
]
