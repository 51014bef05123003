"""Addresses of the indicators' pages, under /data/."""

from django.urls import path

from indicators.views import files, import_actions, imports, narratives, sources, values

urlpatterns = [
    path("", sources.sources, name="sources"),
    path("sources/<slug:key>/", sources.source, name="source"),
    path("indicators/<str:code>/", values.indicator, name="indicator"),
    path("observations/<int:pk>/", values.observation, name="observation"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.import_page, name="import"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import-progress"),
    path("imports/<int:pk>/issues/", imports.import_issues, name="import-issues"),
    path("imports/<int:pk>/read/", import_actions.read_again, name="import-read"),
    path("imports/<int:pk>/compare/", import_actions.compare_again, name="import-compare"),
    path("imports/<int:pk>/publish/", import_actions.publish, name="import-publish"),
    path("imports/<int:pk>/discard/", import_actions.discard, name="import-discard"),
    path("imports/<int:pk>/take-back/", import_actions.take_back, name="import-take-back"),
    path("narratives/", narratives.narratives, name="narratives"),
    path("narratives/<int:pk>/", narratives.narrative, name="narrative"),
    path("narratives/<int:pk>/forms/<int:form_id>/", narratives.review_form, name="review-form"),
    path("files/<str:sha256>/", files.file, name="source-file"),
]
