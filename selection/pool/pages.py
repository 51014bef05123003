"""URLs of the pool of the ranking."""

from cpc.web.pages import Page
from selection.pool import views
from selection.tabs import CHOOSING

PAGES = [
    Page("ranking/pool/", views.pool, "pool", tab=CHOOSING("The pool")),
    Page("ranking/pool/rules/<slug:reason>/change/", views.ProposePolicy, "pool-policy-new"),
    Page("ranking/pool/rules/<int:pk>/decide/", views.DecidePolicy, "pool-policy-decide"),
    Page("ranking/pool/admit/", views.ProposeAdmission, "pool-admit"),
    Page("ranking/pool/admissions/<int:pk>/decide/", views.DecideAdmission, "pool-admission-decide"),
    Page("ranking/pool/admissions/<int:pk>/end/", views.EndAdmission, "pool-admission-end"),
]
