"""Addresses of partnerships."""

from django.urls import path

from partnerships.amendments import views as amendments_views
from partnerships.awards import views as awards_views
from partnerships.dialogues import views as dialogues_views
from partnerships.documents import views as documents_views
from partnerships.history import views as history_views
from partnerships.limit_exceptions import views as limit_exceptions_views
from partnerships.money import views as money_views
from partnerships.monitoring.views import periods as periods_views
from partnerships.monitoring.views import plan as plan_views
from partnerships.monitoring.views import results as results_views
from partnerships.portfolio.views import overview as overview_views
from partnerships.portfolio.views import portfolio as portfolio_views
from partnerships.status.views import determinations as determinations_views
from partnerships.status.views import record as record_views
from partnerships.sustainability import views as sustainability_views
from partnerships.terms import views as terms_views

TERMS = [
    path("<int:pk>/terms/", terms_views.terms, name="partnership-terms"),
    path("<int:pk>/terms/amounts/", terms_views.amounts, name="partnership-amounts"),
    path("<int:pk>/terms/plans/take/", terms_views.plan_take, name="partnership-plan-take"),
    path("<int:pk>/terms/plans/new/", terms_views.plan_add, name="partnership-plan-new"),
    path("<int:pk>/terms/plans/<int:row>/leave/", terms_views.plan_leave, name="partnership-plan-leave"),
    path("<int:pk>/terms/<slug:kind>/new/", terms_views.add, name="partnership-term-new"),
    path("<int:pk>/terms/<slug:kind>/<int:row>/", terms_views.edit, name="partnership-term"),
    path("<int:pk>/terms/<slug:kind>/<int:row>/remove/", terms_views.remove, name="partnership-term-remove"),
]

MONEY = [
    path("<int:pk>/money/", money_views.money, name="partnership-money"),
    path(
        "<int:pk>/money/contributions/new/",
        money_views.RecordContribution.as_view(),
        name="partnership-contribution-new",
    ),
    path(
        "<int:pk>/money/contributions/<int:row>/replace/",
        money_views.ReplaceContribution.as_view(),
        name="partnership-contribution-replace",
    ),
    path(
        "<int:pk>/money/notifications/new/",
        money_views.RecordNotification.as_view(),
        name="partnership-notification-new",
    ),
    path(
        "<int:pk>/money/notifications/<int:row>/replace/",
        money_views.ReplaceNotification.as_view(),
        name="partnership-notification-replace",
    ),
    path(
        "<int:pk>/money/exemptions/new/", money_views.ExemptFromNotification.as_view(), name="partnership-exemption-new"
    ),
    path("<int:pk>/awards/new/", awards_views.new, name="award-new"),
    path("<int:pk>/awards/<int:award>/", awards_views.award, name="award"),
    path("<int:pk>/awards/<int:award>/edit/", awards_views.edit, name="award-edit"),
    path("<int:pk>/awards/<int:award>/state/", awards_views.state, name="award-state"),
    path("<int:pk>/awards/<int:award>/ledger/new/", awards_views.ledger, name="award-ledger-new"),
    path("<int:pk>/awards/<int:award>/subawards/new/", awards_views.subaward, name="award-subaward-new"),
    path(
        "<int:pk>/awards/<int:award>/subawards/<int:row>/replace/", awards_views.subaward, name="award-subaward-replace"
    ),
    path("<int:pk>/awards/<int:award>/reports/schedule/", awards_views.reports, name="award-reports"),
    path("<int:pk>/awards/<int:award>/reports/<int:row>/", awards_views.report, name="award-report"),
    path("<int:pk>/awards/<int:award>/closeout/", awards_views.closeout, name="award-closeout"),
    path("<int:pk>/awards/<int:award>/closeout/<int:row>/", awards_views.closeout_step, name="award-closeout-step"),
]

DOCUMENTS = [
    path("<int:pk>/documents/", documents_views.documents, name="partnership-documents"),
    path("<int:pk>/documents/new/", documents_views.add, name="partnership-document-new"),
    path("<int:pk>/documents/<int:paper>/new/", documents_views.add, name="partnership-document-version"),
    path("<int:pk>/documents/versions/<int:version>/", documents_views.file, name="partnership-document-file"),
    path("<int:pk>/instrument/", documents_views.instrument, name="partnership-instrument"),
    path("<int:pk>/statements/new/", documents_views.statement, name="partnership-statement-new"),
]

LIMITS = [
    path("limits/", limit_exceptions_views.policies, name="limit-policies"),
    path("limits/new/", limit_exceptions_views.propose, name="limit-policy-new"),
    path("limits/<int:policy>/approve/", limit_exceptions_views.approve, name="limit-policy-approve"),
    path("<int:pk>/exceptions/", limit_exceptions_views.exceptions, name="partnership-exceptions"),
    path("<int:pk>/exceptions/new/", limit_exceptions_views.ask, name="partnership-exception-new"),
    path("<int:pk>/exceptions/<int:exception>/", limit_exceptions_views.decide, name="partnership-exception"),
]

AMENDMENTS = [
    path("<int:pk>/amendments/", amendments_views.amendments, name="partnership-amendments"),
    path("<int:pk>/amendments/new/", amendments_views.draft, name="partnership-amendment-new"),
    path("<int:pk>/amendments/<int:number>/", amendments_views.amendment, name="partnership-amendment"),
    path(
        "<int:pk>/amendments/<int:number>/change/<slug:kind>/<int:row>/",
        amendments_views.change,
        name="partnership-amendment-change",
    ),
    path("<int:pk>/amendments/<int:number>/add/<slug:kind>/", amendments_views.add, name="partnership-amendment-add"),
    path("<int:pk>/amendments/<int:number>/amounts/", amendments_views.amounts, name="partnership-amendment-amounts"),
    path(
        "<int:pk>/amendments/<int:number>/changes/<int:change>/out/",
        amendments_views.drop,
        name="partnership-amendment-drop",
    ),
    path(
        "<int:pk>/amendments/<int:number>/step/<slug:name>/", amendments_views.step, name="partnership-amendment-step"
    ),
    path("<int:pk>/as-of/", history_views.as_of, name="partnership-as-of"),
]

DETERMINATIONS = [
    path("<int:pk>/determinations/", determinations_views.determinations, name="partnership-determinations"),
    path("<int:pk>/determinations/new/<slug:kind>/", determinations_views.new, name="partnership-determination-new"),
    path(
        "<int:pk>/determinations/<int:determination>/corrections/new/",
        determinations_views.correct,
        name="partnership-correction-new",
    ),
    path(
        "<int:pk>/corrections/<int:correction>/close/", determinations_views.close, name="partnership-correction-close"
    ),
]

RESULTS = [
    path("<int:pk>/monitoring/", plan_views.plan, name="partnership-monitoring"),
    path("<int:pk>/monitoring/step/<slug:name>/", plan_views.step, name="partnership-monitoring-step"),
    path("<int:pk>/indicators/new/", plan_views.new, name="partnership-indicator-new"),
    path("<int:pk>/indicators/<int:indicator>/edit/", plan_views.edit, name="partnership-indicator-edit"),
    path("<int:pk>/indicators/<int:indicator>/targets/", plan_views.targets, name="partnership-indicator-targets"),
    path("<int:pk>/indicators/<int:indicator>/baseline/", plan_views.baseline, name="partnership-indicator-baseline"),
    path("<int:pk>/periods/", periods_views.periods, name="partnership-periods"),
    path("<int:pk>/periods/schedule/", periods_views.schedule, name="partnership-periods-schedule"),
    path("<int:pk>/periods/<int:period>/", periods_views.period, name="partnership-period"),
    path("<int:pk>/periods/<int:period>/step/<slug:name>/", periods_views.step, name="partnership-period-step"),
    path("<int:pk>/periods/<int:period>/results/<int:indicator>/", periods_views.result, name="partnership-result"),
    path("<int:pk>/results/", results_views.results, name="partnership-results"),
    path("<int:pk>/outlook/", sustainability_views.outlook, name="partnership-outlook"),
    path("<int:pk>/outlook/<slug:kind>/new/", sustainability_views.new, name="partnership-outlook-new"),
    path("<int:pk>/outlook/<slug:kind>/<int:entry>/edit/", sustainability_views.edit, name="partnership-outlook-edit"),
]

DIALOGUES = [
    path("<int:pk>/dialogues/", dialogues_views.dialogues, name="partnership-dialogues"),
    path("<int:pk>/dialogues/new/", dialogues_views.new, name="partnership-dialogue-new"),
    path("<int:pk>/dialogues/<int:number>/", dialogues_views.dialogue, name="partnership-dialogue"),
    path("<int:pk>/dialogues/<int:number>/edit/", dialogues_views.edit, name="partnership-dialogue-edit"),
    path("<int:pk>/dialogues/<int:number>/step/<slug:name>/", dialogues_views.step, name="partnership-dialogue-step"),
    path("<int:pk>/dialogues/<int:number>/pack/", dialogues_views.pack, name="partnership-dialogue-pack"),
    path("<int:pk>/dialogues/<int:number>/minutes/", dialogues_views.minutes, name="partnership-dialogue-minutes"),
    path("<int:pk>/dialogues/<int:number>/agenda/new/", dialogues_views.agenda_add, name="partnership-agenda-new"),
    path(
        "<int:pk>/dialogues/<int:number>/agenda/<int:item>/off/",
        dialogues_views.agenda_remove,
        name="partnership-agenda-remove",
    ),
    path("<int:pk>/dialogues/<int:number>/key-indicators/new/", dialogues_views.key_add, name="partnership-key-new"),
    path(
        "<int:pk>/dialogues/<int:number>/key-indicators/<int:key>/back/",
        dialogues_views.key_drop,
        name="partnership-key-drop",
    ),
    path("<int:pk>/dialogues/<int:number>/actions/new/", dialogues_views.action_add, name="partnership-action-new"),
    path("<int:pk>/actions/<int:action>/close/", dialogues_views.action_close, name="partnership-action-close"),
]

urlpatterns = [
    path("", portfolio_views.portfolio, name="partnerships"),
    path("new/", record_views.open_record, name="partnership-new"),
    path("<int:pk>/", overview_views.overview, name="partnership"),
    path("<int:pk>/edit/", record_views.edit, name="partnership-edit"),
    path("<int:pk>/origin/confirm/", record_views.confirm, name="partnership-origin-confirm"),
    path("<int:pk>/step/<slug:name>/", record_views.TakeStep.as_view(), name="partnership-step"),
    *TERMS,
    *MONEY,
    *DOCUMENTS,
    *LIMITS,
    *AMENDMENTS,
    *DETERMINATIONS,
    *RESULTS,
    *DIALOGUES,
]
