"""Addresses of the indicators' pages, under /data/."""

from django.urls import path

from indicators.views import (
    files,
    import_actions,
    imports,
    narratives,
    plans,
    programs,
    recommendations,
    sources,
    values,
)

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
    path("countries/<str:code>/recommendations/", recommendations.recommendations, name="recommendations"),
    path(
        "countries/<str:code>/recommendations/<str:editions>/confirm/",
        recommendations.confirm,
        name="recommendations-confirm",
    ),
    path("programs/", programs.programs, name="programs"),
    path("programs/new/", programs.add, name="program-new"),
    path("programs/form/<str:kind>/", programs.template, name="program-template"),
    path("programs/<int:pk>/", programs.program, name="program"),
    path("programs/<int:pk>/replace/", programs.replace, name="program-replace"),
    path("programs/<int:pk>/withdraw/", programs.withdraw, name="program-withdraw"),
    path("programs/<int:pk>/document/", programs.document, name="program-document"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.add, name="plan-new"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/replace/", plans.replace, name="plan-replace"),
    path("plans/<int:pk>/withdraw/", plans.withdraw, name="plan-withdraw"),
    path("plans/<int:pk>/document/", plans.document, name="plan-document"),
    path("files/<str:sha256>/", files.file, name="source-file"),
]
