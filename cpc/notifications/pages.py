"""URLs of the inbox."""

from cpc.notifications import views
from cpc.web.pages import Page

PAGES = [
    Page("inbox/", views.inbox, "inbox"),
    Page("inbox/read/", views.ReadAll, "inbox-read-all"),
    Page("inbox/<int:pk>/read/", views.Read, "inbox-read"),
]
