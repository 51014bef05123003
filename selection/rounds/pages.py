"""Addresses of selection rounds."""

from django.urls import path

from selection.rounds import views

urlpatterns = [
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/new/", views.OpenRound.as_view(), name="round-new"),
    path("rounds/<int:pk>/", views.one, name="round"),
    path("rounds/<int:pk>/edit/", views.EditRound.as_view(), name="round-edit"),
    path("rounds/<int:pk>/step/<slug:name>/", views.TakeRoundStep.as_view(), name="round-step"),
    path("rounds/<int:pk>/score/", views.score, name="round-score"),
    path("rounds/<int:pk>/pool/", views.pool, name="round-pool"),
    path("rounds/<int:pk>/pool/<slug:code>/", views.MoveCountry.as_view(), name="round-move"),
]
