"""URLs of the comment matrix."""

from cpc.accounts.permissions import Permission
from cpc.web.pages import Page
from selection.comment_matrix import views
from selection.page_frame import ROUND_TABS

PAGES = [
    Page(
        "rounds/<int:pk>/matrix/", views.matrix, "round-matrix", tab=ROUND_TABS("Comment matrix", Permission.VIEW_NOTES)
    ),
    Page("rounds/<int:pk>/matrix/template/", views.template, "matrix-template"),
    Page("rounds/<int:pk>/matrix/import/", views.SendMatrix, "matrix-import"),
    Page("rounds/<int:pk>/matrix/import/<int:upload>/", views.ImportMatrix, "matrix-upload"),
]
