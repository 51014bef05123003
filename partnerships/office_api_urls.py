"""URLs under /api/v1/ of what the office keeps for all partnerships."""

from partnerships.funds.api import FUNDS
from partnerships.limit_exceptions.api import POLICIES
from partnerships.monitoring.api import LIBRARY

OFFICE = (FUNDS, POLICIES, LIBRARY)

urlpatterns = [url for resource in OFFICE for url in resource.urls()]
