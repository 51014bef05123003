"""Session authentication of REST clients."""

from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.request import Request


class SessionAuthentication(DRFSessionAuthentication):
    """Session of a signed-in account; without one the answer is 401 and not 403."""

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="api"'
