from django.urls import path

from partnerships.publication.api import IatiOfPortfolio

urlpatterns = [path("iati/", IatiOfPortfolio.as_view(), name="iati")]
