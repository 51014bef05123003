"""URLs of curated."""

from cpc.web.pages import Page
from indicators.curated.views import plans, programs

PAGES = [
    Page("programs/", programs.programs, "programs"),
    Page("programs/new/", programs.add, "program-new"),
    Page("programs/form/<str:kind>/", programs.template, "program-template"),
    Page("programs/<int:pk>/", programs.program, "program"),
    Page("programs/<int:pk>/replace/", programs.replace, "program-replace"),
    Page("programs/<int:pk>/withdraw/", programs.withdraw, "program-withdraw"),
    Page("programs/<int:pk>/document/", programs.document, "program-document"),
    Page("plans/", plans.plans, "plans"),
    Page("plans/new/", plans.add, "plan-new"),
    Page("plans/<int:pk>/", plans.plan, "plan"),
    Page("plans/<int:pk>/replace/", plans.replace, "plan-replace"),
    Page("plans/<int:pk>/withdraw/", plans.withdraw, "plan-withdraw"),
    Page("plans/<int:pk>/document/", plans.document, "plan-document"),
]
