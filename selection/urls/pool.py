"""Addresses of the pool of the ranking."""

from django.urls import path

from selection.views import pool

urlpatterns = [
    path("ranking/pool/", pool.pool, name="pool"),
    path("ranking/pool/rules/<slug:reason>/change/", pool.propose_policy, name="pool-policy-new"),
    path("ranking/pool/rules/<int:pk>/decide/", pool.decide_policy, name="pool-policy-decide"),
    path("ranking/pool/admit/", pool.admit, name="pool-admit"),
    path("ranking/pool/admissions/<int:pk>/decide/", pool.decide_admission, name="pool-admission-decide"),
    path("ranking/pool/admissions/<int:pk>/end/", pool.end_admission, name="pool-admission-end"),
]
