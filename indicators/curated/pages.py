"""URLs of the pages on programs and plans."""

from cpc.web.pages import Page
from indicators.curated.views import plans, programs

PAGES = [
    Page("programs/", programs.programs, "programs"),
    Page("programs/new/", programs.AddProgram, "program-new"),
    Page("programs/form/<str:kind>/", programs.template, "program-template"),
    Page("programs/<int:pk>/", programs.program, "program"),
    Page("programs/<int:pk>/replace/", programs.ReplaceProgram, "program-replace"),
    Page("programs/<int:pk>/withdraw/", programs.WithdrawProgram, "program-withdraw"),
    Page("programs/<int:pk>/document/", programs.document, "program-document"),
    Page("plans/", plans.plans, "plans"),
    Page("plans/new/", plans.AddPlan, "plan-new"),
    Page("plans/<int:pk>/", plans.plan, "plan"),
    Page("plans/<int:pk>/replace/", plans.ReplacePlan, "plan-replace"),
    Page("plans/<int:pk>/withdraw/", plans.WithdrawPlan, "plan-withdraw"),
    Page("plans/<int:pk>/document/", plans.document, "plan-document"),
]
