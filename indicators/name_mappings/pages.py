"""URLs of name mappings."""

from cpc.web.pages import Page
from indicators.name_mappings import views

PAGES = [
    Page("imports/<int:pk>/names/", views.MapName, "import-names"),
    Page("names/", views.name_mappings, "name-mappings"),
    Page("names/<int:pk>/withdraw/", views.WithdrawMapping, "name-mapping-withdraw"),
]
