"""WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpc.settings")
os.environ.setdefault("CPC_PROCESS", "web")  # whose statements may not take as long as those of a worker
application = get_wsgi_application()
