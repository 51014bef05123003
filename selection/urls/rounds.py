"""Addresses of selection rounds."""

from django.urls import path

from selection.views import dossier, rounds

urlpatterns = [
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.new, name="round-new"),
    path("rounds/<int:pk>/", rounds.one, name="round"),
    path("rounds/<int:pk>/edit/", rounds.edit, name="round-edit"),
    path("rounds/<int:pk>/step/<slug:name>/", rounds.step, name="round-step"),
    path("rounds/<int:pk>/score/", rounds.score, name="round-score"),
    path("rounds/<int:pk>/pool/", rounds.pool, name="round-pool"),
    path("rounds/<int:pk>/pool/<slug:code>/", rounds.move, name="round-move"),
    path("rounds/<int:pk>/candidates/<slug:code>/", dossier.dossier, name="dossier"),
]
