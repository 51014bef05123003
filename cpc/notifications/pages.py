"""URLs of the inbox."""

from cpc.notifications import views
from cpc.web.pages import Page

PAGES = [
    Page("inbox/", views.inbox, "inbox"),
    Page("inbox/read/", views.read_all, "inbox-read-all"),
    Page("inbox/mail/", views.preferences, "inbox-preferences"),
    Page("inbox/<int:pk>/read/", views.read, "inbox-read"),
]
