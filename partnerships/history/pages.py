from cpc.web.pages import Page
from partnerships.history import views
from partnerships.tabs import TABS

PAGES = [
    Page("<int:pk>/as-of/", views.as_of, "partnership-as-of", tab=TABS("History")),
]
