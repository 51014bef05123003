"""URLs of the backtest."""

from django.urls import path

from selection.backtest import views

urlpatterns = [
    path("ranking/backtest/", views.backtest, name="backtest"),
    path("ranking/backtest/compute/", views.compute, name="backtest-compute"),
]
