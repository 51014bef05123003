from cpc.web.pages import Page
from partnerships.awards.views import awards as views
from partnerships.awards.views import financial_reports, ledger_sheet

PAGES = [
    Page("<int:pk>/awards/new/", views.OpenAward, "award-new"),
    Page("<int:pk>/awards/<int:award>/", views.award, "award"),
    Page("<int:pk>/awards/<int:award>/edit/", views.EditAward, "award-edit"),
    Page("<int:pk>/awards/<int:award>/state/", views.ChangeAwardState, "award-state"),
    Page("<int:pk>/money/ledger/", ledger_sheet.LedgerSheet, "partnership-ledger"),
    Page("<int:pk>/awards/<int:award>/ledger/new/", views.RecordLedgerEntry, "award-ledger-new"),
    Page("<int:pk>/awards/<int:award>/subawards/new/", views.RecordSubAward, "award-subaward-new"),
    Page("<int:pk>/awards/<int:award>/subawards/<int:row>/replace/", views.ReplaceSubAward, "award-subaward-replace"),
    Page("<int:pk>/awards/<int:award>/reports/schedule/", views.ScheduleReports, "award-reports"),
    Page("<int:pk>/awards/<int:award>/reports/<int:row>/", views.RecordReportEvent, "award-report"),
    Page("<int:pk>/awards/<int:award>/reports/<int:row>/lines/", financial_reports.RecordLines, "award-report-lines"),
    Page(
        "<int:pk>/awards/<int:award>/reports/<int:row>/lines/<slug:line>/",
        financial_reports.ExplainDifference,
        "award-report-difference",
    ),
    Page("<int:pk>/awards/<int:award>/closeout/", views.PlanCloseout, "award-closeout"),
    Page("<int:pk>/awards/<int:award>/closeout/all/", views.CloseOut, "award-closeout-all"),
    Page("<int:pk>/awards/<int:award>/closeout/<int:row>/", views.RecordCloseoutStep, "award-closeout-step"),
]
