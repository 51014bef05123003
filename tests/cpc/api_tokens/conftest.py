"""Clients of the REST interface, as its own tests have them."""

from __future__ import annotations

from tests.api.conftest import api, client_of, world

__all__ = ("api", "client_of", "world")
