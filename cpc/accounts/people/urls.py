"""Addresses under /account/people/."""

from django.urls import path

from cpc.accounts.people import agency_views, views

urlpatterns = [
    path("", views.people, name="people"),
    path("invite/", views.invite, name="people-invite"),
    path("roles/", views.roles, name="people-roles"),
    path("agencies/", agency_views.agencies, name="agencies"),
    path("agencies/new/", agency_views.add, name="agency-new"),
    path("agencies/<slug:code>/", agency_views.agency, name="agency"),
    path("agencies/<slug:code>/close/", agency_views.close, name="agency-close"),
    path("agencies/<slug:code>/reopen/", agency_views.reopen, name="agency-reopen"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/<slug:step>/", views.take_step, name="person-step"),
]
