from cpc.search import views
from cpc.web.pages import Page

PAGES = [Page("find/", views.search, "search")]
