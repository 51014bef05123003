"""What can be asked about partnerships."""

__all__ = ()
