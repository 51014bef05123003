"""Addresses of deliberation, decisions and the memo."""

from django.urls import path

from selection.decisions import views
from selection.decisions.memo import views as memo_views

urlpatterns = [
    path("rounds/<int:pk>/deliberation/", views.deliberation, name="round-deliberation"),
    path("rounds/<int:pk>/deliberation/<slug:code>/", views.Recommend.as_view(), name="recommend"),
    path("rounds/<int:pk>/deliberation/<slug:code>/decide/", views.Decide.as_view(), name="decide"),
    path("rounds/<int:pk>/memo/", memo_views.memos, name="round-memos"),
    path("rounds/<int:pk>/memo/issue/", memo_views.issue, name="memo-issue"),
    path("rounds/<int:pk>/memo/<int:number>/", memo_views.memo, name="memo"),
    path("rounds/<int:pk>/memo/<int:number>/document/", memo_views.document, name="memo-document"),
    path("rounds/<int:pk>/memo/<int:number>/pictures/<int:place>/", memo_views.picture, name="memo-picture"),
    path("memo-templates/", memo_views.TakeTemplate.as_view(), name="memo-templates"),
    path("memo-templates/<int:number>/", memo_views.template, name="memo-template"),
]
