"""URLs of deliberation, decisions, and the memo."""

from cpc.web.pages import Page
from selection.decisions import views
from selection.decisions.memo import views as memo_views
from selection.page_frame import ROUND_TABS

PAGES = [
    Page("rounds/<int:pk>/deliberation/", views.deliberation, "round-deliberation"),
    Page("rounds/<int:pk>/recommendations/", views.RecommendAll, "recommend-all"),
    Page("rounds/<int:pk>/deliberation/<slug:code>/", views.Recommend, "recommend"),
    Page("rounds/<int:pk>/memo/", memo_views.memos, "round-memos", tab=ROUND_TABS("Memo")),
    Page("rounds/<int:pk>/memo/issue/", memo_views.SendMemo, "memo-issue"),
    Page("rounds/<int:pk>/memo/<int:number>/", memo_views.memo, "memo"),
    Page("rounds/<int:pk>/memo/<int:number>/document/", memo_views.document, "memo-document"),
    Page("rounds/<int:pk>/memo/<int:number>/pictures/<int:place>/", memo_views.picture, "memo-picture"),
    Page("memo-templates/", memo_views.TakeTemplate, "memo-templates"),
    Page("memo-templates/<int:number>/", memo_views.template, "memo-template"),
    Page("memo-templates/<int:number>/sample/", memo_views.template_sample, "memo-template-sample"),
    Page("memo-templates/<int:number>/decide/", memo_views.DecideTemplate, "memo-template-decide"),
]
