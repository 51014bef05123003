"""URLs of dossiers."""

from django.urls import path

from selection.dossier import views

urlpatterns = [
    path("rounds/<int:pk>/candidates/<slug:code>/", views.dossier, name="dossier"),
]
