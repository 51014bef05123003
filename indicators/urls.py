"""Addresses of the indicators' pages, under /data/."""

from django.urls import path

from indicators.curated.views import plans as plans_views
from indicators.curated.views import programs as programs_views
from indicators.imports.views import files as files_views
from indicators.imports.views import imports as imports_views
from indicators.imports.views import steps as steps_views
from indicators.name_mappings import views as name_mappings_views
from indicators.narratives import views as narratives_views
from indicators.observations.views import sources as sources_views
from indicators.observations.views import values as values_views
from indicators.tip_recommendations import views as tip_recommendations_views

urlpatterns = [
    path("", sources_views.sources, name="sources"),
    path("sources/<slug:key>/", sources_views.source, name="source"),
    path("indicators/<str:code>/", values_views.indicator, name="indicator"),
    path("observations/<int:pk>/", values_views.observation, name="observation"),
    path("imports/", imports_views.Upload.as_view(), name="imports"),
    path("imports/<int:pk>/", imports_views.import_page, name="import"),
    path("imports/form/<str:kind>/", imports_views.own_form, name="own-form"),
    path("imports/<int:pk>/progress/", imports_views.import_progress, name="import-progress"),
    path("imports/<int:pk>/issues/", imports_views.import_issues, name="import-issues"),
    path("imports/<int:pk>/read/", steps_views.ReadAgain.as_view(), name="import-read"),
    path("imports/<int:pk>/compare/", steps_views.CompareAgain.as_view(), name="import-compare"),
    path("imports/<int:pk>/publish/", steps_views.Publish.as_view(), name="import-publish"),
    path("imports/<int:pk>/discard/", steps_views.Discard.as_view(), name="import-discard"),
    path("imports/<int:pk>/take-back/", steps_views.TakeBack.as_view(), name="import-take-back"),
    path("imports/<int:pk>/names/", name_mappings_views.MapName.as_view(), name="import-names"),
    path("names/", name_mappings_views.name_mappings, name="name-mappings"),
    path("names/<int:pk>/withdraw/", name_mappings_views.WithdrawMapping.as_view(), name="name-mapping-withdraw"),
    path("narratives/", narratives_views.narratives, name="narratives"),
    path("narratives/<int:pk>/", narratives_views.narrative, name="narrative"),
    path("narratives/<int:pk>/forms/<int:form_id>/", narratives_views.ReviewForm.as_view(), name="review-form"),
    path("countries/<str:code>/recommendations/", tip_recommendations_views.recommendations, name="recommendations"),
    path(
        "countries/<str:code>/recommendations/<str:editions>/confirm/",
        tip_recommendations_views.ConfirmMatches.as_view(),
        name="recommendations-confirm",
    ),
    path("programs/", programs_views.programs, name="programs"),
    path("programs/new/", programs_views.AddProgram.as_view(), name="program-new"),
    path("programs/form/<str:kind>/", programs_views.template, name="program-template"),
    path("programs/<int:pk>/", programs_views.program, name="program"),
    path("programs/<int:pk>/replace/", programs_views.ReplaceProgram.as_view(), name="program-replace"),
    path("programs/<int:pk>/withdraw/", programs_views.WithdrawProgram.as_view(), name="program-withdraw"),
    path("programs/<int:pk>/document/", programs_views.document, name="program-document"),
    path("plans/", plans_views.plans, name="plans"),
    path("plans/new/", plans_views.AddPlan.as_view(), name="plan-new"),
    path("plans/<int:pk>/", plans_views.plan, name="plan"),
    path("plans/<int:pk>/replace/", plans_views.ReplacePlan.as_view(), name="plan-replace"),
    path("plans/<int:pk>/withdraw/", plans_views.WithdrawPlan.as_view(), name="plan-withdraw"),
    path("plans/<int:pk>/document/", plans_views.document, name="plan-document"),
    path("files/<str:sha256>/", files_views.file, name="source-file"),
]
