"""Addresses of the pool of the ranking."""

from django.urls import path

from selection.pool import views

urlpatterns = [
    path("ranking/pool/", views.pool, name="pool"),
    path("ranking/pool/rules/<slug:reason>/change/", views.ProposePolicy.as_view(), name="pool-policy-new"),
    path("ranking/pool/rules/<int:pk>/decide/", views.DecidePolicy.as_view(), name="pool-policy-decide"),
    path("ranking/pool/admit/", views.ProposeAdmission.as_view(), name="pool-admit"),
    path("ranking/pool/admissions/<int:pk>/decide/", views.DecideAdmission.as_view(), name="pool-admission-decide"),
    path("ranking/pool/admissions/<int:pk>/end/", views.EndAdmission.as_view(), name="pool-admission-end"),
]
