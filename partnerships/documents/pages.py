from cpc.web.pages import Page
from partnerships.documents import views
from partnerships.tabs import TABS

PAGES = [
    Page("<int:pk>/documents/", views.documents, "partnership-documents", tab=TABS("Documents")),
    Page("<int:pk>/documents/new/", views.AddDocument, "partnership-document-new"),
    Page("<int:pk>/documents/<int:document>/new/", views.AddDocumentVersion, "partnership-document-version"),
    Page("<int:pk>/documents/versions/<int:version>/", views.file, "partnership-document-file"),
    Page("<int:pk>/instrument/", views.instrument, "partnership-instrument"),
    Page("<int:pk>/instrument/keep/", views.KeepInstrument, "partnership-instrument-keep"),
    Page("<int:pk>/statements/new/", views.RecordStatement, "partnership-statement-new"),
]
