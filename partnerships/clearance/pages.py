from cpc.web.pages import Page
from partnerships.clearance import views
from partnerships.tabs import TABS

OF_TEXT = "<int:pk>/clearance/<int:text>"

PAGES = [
    Page("<int:pk>/clearance/", views.clearance, "partnership-clearance", tab=TABS("Documents", page="Clearance")),
    Page(f"{OF_TEXT}/", views.clearance_of_text, "partnership-clearance-text"),
    Page(f"{OF_TEXT}/ask/", views.SubmitText, "partnership-clearance-ask"),
    Page(f"{OF_TEXT}/version/", views.AddVersion, "partnership-clearance-version"),
    Page(f"{OF_TEXT}/language/", views.AddLanguage, "partnership-clearance-language"),
    Page(f"{OF_TEXT}/office/", views.AskOffices, "partnership-clearance-office"),
    Page(f"{OF_TEXT}/answers/", views.RecordAnswers, "partnership-clearance-answers"),
    Page(f"{OF_TEXT}/go-on/", views.GoOnWithout, "partnership-clearance-go-on"),
    Page(f"{OF_TEXT}/consent/", views.Consent, "partnership-clearance-consent"),
    Page(f"{OF_TEXT}/request/<int:request_key>/", views.ChangeRequest, "partnership-clearance-request"),
    Page(f"{OF_TEXT}/signing/", views.RecordSigning, "partnership-signing"),
]
