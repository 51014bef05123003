from cpc.web.pages import Page
from partnerships.word_documents.views import made, templates

PAGES = [
    Page("templates/", templates.templates, "document-templates", label="Document templates"),
    Page("templates/<slug:kind>/new/", templates.UploadTemplate, "document-template-new"),
    Page("templates/<slug:kind>/<int:number>/", templates.template_file, "document-template"),
    Page("templates/<slug:kind>/<int:number>/sample/", templates.template_sample, "document-template-sample"),
    Page("templates/<slug:kind>/<int:number>/decide/", templates.DecideTemplate, "document-template-decide"),
    Page("templates/<slug:kind>/<int:number>/withdraw/", templates.WithdrawTemplate, "document-template-withdraw"),
    Page("annual-report/", made.annual_report, "annual-report", label="Annual report"),
    Page("annual-report/document/", made.annual_report_document, "annual-report-document"),
    Page("<int:pk>/notifications/write/", made.WriteNotification, "partnership-notification-write"),
    Page("<int:pk>/notifications/<int:row>/document/", made.notification_text, "partnership-notification-document"),
]
