from cpc.web.pages import Page
from partnerships.budgets import views

PAGES = [
    Page("<int:pk>/money/plan/", views.PlanSheet, "partnership-money-plan"),
    Page("<int:pk>/awards/<int:award>/budget/", views.BudgetSheet, "award-budget"),
    Page("<int:pk>/awards/<int:award>/reports/<int:row>/categories/", views.RecordParts, "award-report-parts"),
]
