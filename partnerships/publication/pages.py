from cpc.web.pages import Page
from partnerships.publication import views
from partnerships.tabs import TABS

PAGES = [
    Page("publication/", views.portfolio_page, "publication", label="Publication"),
    Page("publication/iati.xml", views.portfolio_file, "publication-iati"),
    Page(
        "<int:pk>/publication/",
        views.publication,
        "partnership-publication",
        tab=TABS("Documents", page="Publication"),
    ),
    Page("<int:pk>/publication/iati.xml", views.iati_file, "partnership-publication-iati"),
    Page("<int:pk>/publication/description/", views.Describe, "partnership-publication-description"),
    Page("<int:pk>/publication/defaults/", views.ConfirmDefaults, "partnership-publication-defaults"),
    Page("<int:pk>/publication/sectors/<int:program>/", views.ChooseSectors, "partnership-publication-sectors"),
    Page("<int:pk>/publication/organizations/", views.ChooseOrganizations, "partnership-publication-organizations"),
    Page("<int:pk>/publication/documents/<int:document>/", views.PublishDocument, "partnership-publication-document"),
    Page("<int:pk>/publication/withheld/new/", views.ProposeWithholding, "partnership-withholding-new"),
    Page("<int:pk>/publication/withheld/<int:withholding>/", views.DecideWithholding, "partnership-withholding"),
    Page(
        "<int:pk>/publication/withheld/<int:withholding>/retract/",
        views.RetractWithholding,
        "partnership-withholding-retract",
    ),
]
