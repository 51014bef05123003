"""Addresses of deliberation, decisions and the memo."""

from django.urls import path

from selection.views import deliberation, memos

urlpatterns = [
    path("rounds/<int:pk>/deliberation/", deliberation.deliberation, name="round-deliberation"),
    path("rounds/<int:pk>/deliberation/<slug:code>/", deliberation.recommend, name="recommend"),
    path("rounds/<int:pk>/deliberation/<slug:code>/decide/", deliberation.decide, name="decide"),
    path("rounds/<int:pk>/memo/", memos.memos, name="round-memos"),
    path("rounds/<int:pk>/memo/issue/", memos.issue, name="memo-issue"),
    path("rounds/<int:pk>/memo/<int:number>/", memos.memo, name="memo"),
    path("rounds/<int:pk>/memo/<int:number>/document/", memos.document, name="memo-document"),
    path("rounds/<int:pk>/memo/<int:number>/pictures/<int:place>/", memos.picture, name="memo-picture"),
    path("memo-templates/", memos.templates, name="memo-templates"),
    path("memo-templates/<int:number>/", memos.template, name="memo-template"),
]
