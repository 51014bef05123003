"""Addresses of the questions asked of a ranking."""

from django.urls import path

from selection.views import backtest

urlpatterns = [
    path("ranking/backtest/", backtest.backtest, name="backtest"),
    path("ranking/backtest/compute/", backtest.compute, name="backtest-compute"),
]
