"""URLs of name mappings."""

from cpc.web.pages import Page
from indicators.name_mappings import views

PAGES = [
    Page("imports/<int:pk>/names/", views.import_names, "import-names"),
    Page("names/", views.name_mappings, "name-mappings"),
    Page("names/<int:pk>/withdraw/", views.withdraw, "name-mapping-withdraw"),
]
