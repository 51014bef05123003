"""What can be asked about partnerships."""

from partnerships.queries.history import as_of

__all__ = ("as_of",)
