"""URLs of the method."""

from django.urls import path

from selection.method import views

urlpatterns = [
    path("method/", views.method, name="method"),
]
