"""Addresses of partnerships."""

from django.urls import path

from partnerships.views import (
    amendments,
    awards,
    determinations,
    dialogues,
    documents,
    exceptions,
    history,
    money,
    monitoring,
    outlook,
    overview,
    periods,
    portfolio,
    record,
    results,
    terms,
)

TERMS = [
    path("<int:pk>/terms/", terms.terms, name="partnership-terms"),
    path("<int:pk>/terms/amounts/", terms.amounts, name="partnership-amounts"),
    path("<int:pk>/terms/plans/take/", terms.plan_take, name="partnership-plan-take"),
    path("<int:pk>/terms/plans/new/", terms.plan_add, name="partnership-plan-new"),
    path("<int:pk>/terms/plans/<int:row>/leave/", terms.plan_leave, name="partnership-plan-leave"),
    path("<int:pk>/terms/<slug:kind>/new/", terms.add, name="partnership-term-new"),
    path("<int:pk>/terms/<slug:kind>/<int:row>/", terms.edit, name="partnership-term"),
    path("<int:pk>/terms/<slug:kind>/<int:row>/remove/", terms.remove, name="partnership-term-remove"),
]

MONEY = [
    path("<int:pk>/money/", money.money, name="partnership-money"),
    path("<int:pk>/money/contributions/new/", money.contribution, name="partnership-contribution-new"),
    path(
        "<int:pk>/money/contributions/<int:row>/replace/", money.contribution, name="partnership-contribution-replace"
    ),
    path("<int:pk>/money/notifications/new/", money.notification, name="partnership-notification-new"),
    path(
        "<int:pk>/money/notifications/<int:row>/replace/", money.notification, name="partnership-notification-replace"
    ),
    path("<int:pk>/money/exemptions/new/", money.exemption, name="partnership-exemption-new"),
    path("<int:pk>/awards/new/", awards.new, name="award-new"),
    path("<int:pk>/awards/<int:award>/", awards.award, name="award"),
    path("<int:pk>/awards/<int:award>/edit/", awards.edit, name="award-edit"),
    path("<int:pk>/awards/<int:award>/state/", awards.state, name="award-state"),
    path("<int:pk>/awards/<int:award>/ledger/new/", awards.ledger, name="award-ledger-new"),
    path("<int:pk>/awards/<int:award>/subawards/new/", awards.subaward, name="award-subaward-new"),
    path("<int:pk>/awards/<int:award>/subawards/<int:row>/replace/", awards.subaward, name="award-subaward-replace"),
    path("<int:pk>/awards/<int:award>/reports/schedule/", awards.reports, name="award-reports"),
    path("<int:pk>/awards/<int:award>/reports/<int:row>/", awards.report, name="award-report"),
    path("<int:pk>/awards/<int:award>/closeout/", awards.closeout, name="award-closeout"),
    path("<int:pk>/awards/<int:award>/closeout/<int:row>/", awards.closeout_step, name="award-closeout-step"),
]

DOCUMENTS = [
    path("<int:pk>/documents/", documents.documents, name="partnership-documents"),
    path("<int:pk>/documents/new/", documents.add, name="partnership-document-new"),
    path("<int:pk>/documents/<int:paper>/new/", documents.add, name="partnership-document-version"),
    path("<int:pk>/documents/versions/<int:version>/", documents.file, name="partnership-document-file"),
    path("<int:pk>/instrument/", documents.instrument, name="partnership-instrument"),
    path("<int:pk>/statements/new/", documents.statement, name="partnership-statement-new"),
]

LIMITS = [
    path("limits/", exceptions.policies, name="limit-policies"),
    path("limits/new/", exceptions.propose, name="limit-policy-new"),
    path("limits/<int:policy>/approve/", exceptions.approve, name="limit-policy-approve"),
    path("<int:pk>/exceptions/", exceptions.exceptions, name="partnership-exceptions"),
    path("<int:pk>/exceptions/new/", exceptions.ask, name="partnership-exception-new"),
    path("<int:pk>/exceptions/<int:exception>/", exceptions.decide, name="partnership-exception"),
]

AMENDMENTS = [
    path("<int:pk>/amendments/", amendments.amendments, name="partnership-amendments"),
    path("<int:pk>/amendments/new/", amendments.draft, name="partnership-amendment-new"),
    path("<int:pk>/amendments/<int:number>/", amendments.amendment, name="partnership-amendment"),
    path(
        "<int:pk>/amendments/<int:number>/change/<slug:kind>/<int:row>/",
        amendments.change,
        name="partnership-amendment-change",
    ),
    path("<int:pk>/amendments/<int:number>/add/<slug:kind>/", amendments.add, name="partnership-amendment-add"),
    path("<int:pk>/amendments/<int:number>/amounts/", amendments.amounts, name="partnership-amendment-amounts"),
    path(
        "<int:pk>/amendments/<int:number>/changes/<int:change>/out/", amendments.drop, name="partnership-amendment-drop"
    ),
    path("<int:pk>/amendments/<int:number>/step/<slug:name>/", amendments.step, name="partnership-amendment-step"),
    path("<int:pk>/as-of/", history.as_of, name="partnership-as-of"),
]

DETERMINATIONS = [
    path("<int:pk>/determinations/", determinations.determinations, name="partnership-determinations"),
    path("<int:pk>/determinations/new/<slug:kind>/", determinations.new, name="partnership-determination-new"),
    path(
        "<int:pk>/determinations/<int:determination>/corrections/new/",
        determinations.correct,
        name="partnership-correction-new",
    ),
    path("<int:pk>/corrections/<int:correction>/close/", determinations.close, name="partnership-correction-close"),
]

RESULTS = [
    path("<int:pk>/monitoring/", monitoring.plan, name="partnership-monitoring"),
    path("<int:pk>/monitoring/step/<slug:name>/", monitoring.step, name="partnership-monitoring-step"),
    path("<int:pk>/indicators/new/", monitoring.new, name="partnership-indicator-new"),
    path("<int:pk>/indicators/<int:indicator>/edit/", monitoring.edit, name="partnership-indicator-edit"),
    path("<int:pk>/indicators/<int:indicator>/targets/", monitoring.targets, name="partnership-indicator-targets"),
    path("<int:pk>/indicators/<int:indicator>/baseline/", monitoring.baseline, name="partnership-indicator-baseline"),
    path("<int:pk>/periods/", periods.periods, name="partnership-periods"),
    path("<int:pk>/periods/schedule/", periods.schedule, name="partnership-periods-schedule"),
    path("<int:pk>/periods/<int:period>/", periods.period, name="partnership-period"),
    path("<int:pk>/periods/<int:period>/step/<slug:name>/", periods.step, name="partnership-period-step"),
    path("<int:pk>/periods/<int:period>/results/<int:indicator>/", periods.result, name="partnership-result"),
    path("<int:pk>/results/", results.results, name="partnership-results"),
    path("<int:pk>/outlook/", outlook.outlook, name="partnership-outlook"),
    path("<int:pk>/outlook/<slug:kind>/new/", outlook.new, name="partnership-outlook-new"),
    path("<int:pk>/outlook/<slug:kind>/<int:entry>/edit/", outlook.edit, name="partnership-outlook-edit"),
]

DIALOGUES = [
    path("<int:pk>/dialogues/", dialogues.dialogues, name="partnership-dialogues"),
    path("<int:pk>/dialogues/new/", dialogues.new, name="partnership-dialogue-new"),
    path("<int:pk>/dialogues/<int:number>/", dialogues.dialogue, name="partnership-dialogue"),
    path("<int:pk>/dialogues/<int:number>/edit/", dialogues.edit, name="partnership-dialogue-edit"),
    path("<int:pk>/dialogues/<int:number>/step/<slug:name>/", dialogues.step, name="partnership-dialogue-step"),
    path("<int:pk>/dialogues/<int:number>/pack/", dialogues.pack, name="partnership-dialogue-pack"),
    path("<int:pk>/dialogues/<int:number>/minutes/", dialogues.minutes, name="partnership-dialogue-minutes"),
    path("<int:pk>/dialogues/<int:number>/agenda/new/", dialogues.agenda_add, name="partnership-agenda-new"),
    path(
        "<int:pk>/dialogues/<int:number>/agenda/<int:item>/off/",
        dialogues.agenda_remove,
        name="partnership-agenda-remove",
    ),
    path("<int:pk>/dialogues/<int:number>/key-indicators/new/", dialogues.key_add, name="partnership-key-new"),
    path(
        "<int:pk>/dialogues/<int:number>/key-indicators/<int:key>/back/",
        dialogues.key_drop,
        name="partnership-key-drop",
    ),
    path("<int:pk>/dialogues/<int:number>/actions/new/", dialogues.action_add, name="partnership-action-new"),
    path("<int:pk>/actions/<int:action>/close/", dialogues.action_close, name="partnership-action-close"),
]

urlpatterns = [
    path("", portfolio.portfolio, name="partnerships"),
    path("new/", record.open_record, name="partnership-new"),
    path("<int:pk>/", overview.overview, name="partnership"),
    path("<int:pk>/edit/", record.edit, name="partnership-edit"),
    path("<int:pk>/origin/confirm/", record.confirm, name="partnership-origin-confirm"),
    path("<int:pk>/step/<slug:name>/", record.step, name="partnership-step"),
    *TERMS,
    *MONEY,
    *DOCUMENTS,
    *LIMITS,
    *AMENDMENTS,
    *DETERMINATIONS,
    *RESULTS,
    *DIALOGUES,
]
