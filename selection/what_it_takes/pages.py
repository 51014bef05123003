"""URLs of what it would take for one country."""

from cpc.web.pages import Page
from selection.what_it_takes import views

PAGES = [Page("countries/<slug:code>/what-would-it-take/", views.what_would_it_take, "what-it-takes")]
