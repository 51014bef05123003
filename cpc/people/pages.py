"""Addresses under /account/people/."""

from django.urls import path

from cpc.people.views import agencies as agencies_views
from cpc.people.views import people as people_views

urlpatterns = [
    path("", people_views.people, name="people"),
    path("invite/", people_views.invite, name="people-invite"),
    path("roles/", people_views.roles, name="people-roles"),
    path("agencies/", agencies_views.agencies, name="agencies"),
    path("agencies/new/", agencies_views.add, name="agency-new"),
    path("agencies/<slug:code>/", agencies_views.agency, name="agency"),
    path("agencies/<slug:code>/close/", agencies_views.close, name="agency-close"),
    path("agencies/<slug:code>/reopen/", agencies_views.reopen, name="agency-reopen"),
    path("<int:pk>/", people_views.person, name="person"),
    path("<int:pk>/<slug:step>/", people_views.take_step, name="person-step"),
]
