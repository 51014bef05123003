"""The project configuration and the kernel that every app shares."""

from cpc.celery import app as celery_app

__all__ = ("celery_app",)
