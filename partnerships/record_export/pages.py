"""URL of the export of a partnership."""

from cpc.web.pages import Page
from partnerships.record_export import views

PAGES = [Page("<int:pk>/record.zip", views.record_zip, "partnership-record-zip")]
