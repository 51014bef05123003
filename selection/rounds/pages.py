"""Addresses of selection rounds."""

from django.urls import path

from selection.rounds import views

urlpatterns = [
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/new/", views.new, name="round-new"),
    path("rounds/<int:pk>/", views.one, name="round"),
    path("rounds/<int:pk>/edit/", views.edit, name="round-edit"),
    path("rounds/<int:pk>/step/<slug:name>/", views.step, name="round-step"),
    path("rounds/<int:pk>/score/", views.score, name="round-score"),
    path("rounds/<int:pk>/pool/", views.pool, name="round-pool"),
    path("rounds/<int:pk>/pool/<slug:code>/", views.move, name="round-move"),
]
