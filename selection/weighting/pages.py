"""URLs of weighting exercises."""

from cpc.web.pages import Page
from selection.weighting import views

PAGES = [
    Page("weightings/", views.weightings, "weightings"),
    Page("weightings/<int:pk>/", views.show_exercise, "weighting"),
    Page("weightings/<int:pk>/answer/", views.StateWeights, "weighting-answer"),
    Page("weightings/<int:pk>/answer/withdraw/", views.WithdrawWeights, "weighting-withdraw"),
    Page("weightings/<int:pk>/ask/", views.AskMore, "weighting-ask"),
    Page("weightings/<int:pk>/drop/", views.DropParticipant, "weighting-drop"),
    Page("weightings/<int:pk>/close/", views.CloseExercise, "weighting-close"),
    Page("weightings/<int:pk>/draft/", views.MakeDraft, "weighting-draft"),
    Page("models/<int:pk>/weighting/", views.OpenExercise, "weighting-new"),
]
