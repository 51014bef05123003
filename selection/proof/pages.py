"""URLs of proof bundles."""

from cpc.web.pages import Page
from selection.proof import views

PAGES = [
    Page("runs/<int:pk>/proof/", views.proof, "run-proof", below="ranking"),
    Page("runs/<int:pk>/proof/make/", views.make, "run-proof-make"),
    Page("runs/<int:pk>/proof/bundle/", views.bundle, "run-proof-bundle"),
]
