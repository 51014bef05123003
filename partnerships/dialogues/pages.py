from cpc.web.pages import Page
from partnerships.dialogues.views import dialogues as views
from partnerships.dialogues.views import records
from partnerships.tabs import TABS

PAGES = [
    Page("<int:pk>/dialogues/", views.dialogues, "partnership-dialogues", tab=TABS("Dialogues")),
    Page("<int:pk>/dialogues/new/", views.PlanDialogue, "partnership-dialogue-new"),
    Page("<int:pk>/dialogues/<int:number>/", views.dialogue, "partnership-dialogue"),
    Page("<int:pk>/dialogues/<int:number>/edit/", views.EditDialogue, "partnership-dialogue-edit"),
    Page("<int:pk>/dialogues/<int:number>/step/<slug:name>/", views.TakeDialogueStep, "partnership-dialogue-step"),
    Page("<int:pk>/dialogues/<int:number>/pack/", views.pack, "partnership-dialogue-pack"),
    Page("<int:pk>/dialogues/<int:number>/record/", records.RecordDialogue, "partnership-dialogue-record"),
    Page("<int:pk>/dialogues/<int:number>/minutes/", views.WriteMinutes, "partnership-dialogue-minutes"),
    Page("<int:pk>/dialogues/<int:number>/agenda/new/", views.AddAgendaItem, "partnership-agenda-new"),
    Page("<int:pk>/dialogues/<int:number>/agenda/<int:item>/off/", views.RemoveAgendaItem, "partnership-agenda-remove"),
    Page("<int:pk>/dialogues/<int:number>/key-indicators/new/", views.SelectKeyIndicator, "partnership-key-new"),
    Page(
        "<int:pk>/dialogues/<int:number>/key-indicators/<int:key>/back/",
        views.RemoveKeyIndicator,
        "partnership-key-drop",
    ),
    Page("<int:pk>/dialogues/<int:number>/actions/new/", views.AddActionItem, "partnership-action-new"),
    Page("<int:pk>/actions/close/", records.CloseActionItems, "partnership-actions-close"),
    Page("<int:pk>/actions/<int:action>/close/", views.CloseActionItem, "partnership-action-close"),
]
