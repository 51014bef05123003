"""Addresses of the pool of the ranking."""

from django.urls import path

from selection.pool import views

urlpatterns = [
    path("ranking/pool/", views.pool, name="pool"),
    path("ranking/pool/rules/<slug:reason>/change/", views.propose_policy, name="pool-policy-new"),
    path("ranking/pool/rules/<int:pk>/decide/", views.decide_policy, name="pool-policy-decide"),
    path("ranking/pool/admit/", views.admit, name="pool-admit"),
    path("ranking/pool/admissions/<int:pk>/decide/", views.decide_admission, name="pool-admission-decide"),
    path("ranking/pool/admissions/<int:pk>/end/", views.end_admission, name="pool-admission-end"),
]
