"""Addresses under /account/people/."""

from django.urls import path

from cpc.people.views import agencies as agencies_views
from cpc.people.views import people as people_views

urlpatterns = [
    path("", people_views.people, name="people"),
    path("invite/", people_views.Invite.as_view(), name="people-invite"),
    path("roles/", people_views.roles, name="people-roles"),
    path("agencies/", agencies_views.agencies, name="agencies"),
    path("agencies/new/", agencies_views.AddAgency.as_view(), name="agency-new"),
    path("agencies/<slug:code>/", agencies_views.EditAgency.as_view(), name="agency"),
    path("agencies/<slug:code>/close/", agencies_views.CloseAgency.as_view(), name="agency-close"),
    path("agencies/<slug:code>/reopen/", agencies_views.ReopenAgency.as_view(), name="agency-reopen"),
    path("<int:pk>/", people_views.EditPerson.as_view(), name="person"),
    path("<int:pk>/<slug:step>/", people_views.TakeStep.as_view(), name="person-step"),
]
