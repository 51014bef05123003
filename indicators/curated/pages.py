"""URLs of the pages on programs and plans."""

from cpc.web.pages import Page
from indicators.curated.views import lists

PAGES = [
    Page("programs/", lists.programs, "programs"),
    Page("programs/new/", lists.AddProgram, "program-new"),
    Page("programs/form/<str:kind>/", lists.template, "program-template"),
    Page("programs/<int:pk>/", lists.program, "program"),
    Page("programs/<int:pk>/replace/", lists.ReplaceProgram, "program-replace"),
    Page("programs/<int:pk>/withdraw/", lists.WithdrawProgram, "program-withdraw"),
    Page("programs/<int:pk>/document/", lists.program_document, "program-document"),
    Page("plans/", lists.plans, "plans"),
    Page("plans/new/", lists.AddPlan, "plan-new"),
    Page("plans/<int:pk>/", lists.plan, "plan"),
    Page("plans/<int:pk>/replace/", lists.ReplacePlan, "plan-replace"),
    Page("plans/<int:pk>/withdraw/", lists.WithdrawPlan, "plan-withdraw"),
    Page("plans/<int:pk>/document/", lists.plan_document, "plan-document"),
]
