"""URLs of the page How sure."""

from django.urls import path

from selection.how_sure import views

urlpatterns = [
    path("ranking/how-sure/", views.page, name="how-sure"),
]
