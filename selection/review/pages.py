"""URLs of the reviewer's workbench."""

from cpc.web.pages import Page
from selection.review.views import bench, notes, several, workbook

_ONE = "consultation/<int:pk>/<slug:code>/"

PAGES = [
    Page("consultation/<int:pk>/several/", several.AnswerSeveral, "consultation-several"),
    Page("consultation/<int:pk>/workbook/", workbook.download, "consultation-workbook"),
    Page("consultation/<int:pk>/upload/", workbook.UploadResponses, "consultation-upload"),
    Page("consultation/<int:pk>/upload/<int:upload>/", workbook.SaveResponses, "consultation-responses"),
    Page(_ONE, bench.AnswerRequest, "consultation-review"),
    Page(f"{_ONE}confirm/", bench.ConfirmPosition, "consultation-confirm"),
    Page(f"{_ONE}withdraw/", bench.WithdrawPosition, "consultation-withdraw"),
    Page(f"{_ONE}note/", notes.WriteNoteInPlace, "consultation-note"),
]
