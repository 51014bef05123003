"""Writes and registrations that other apps use: exactly those, each from the room that owns it."""

from indicators.curated.services import stand
from indicators.observations.in_use import register as register_values_in_use
from indicators.publications.signals import after_publication

__all__ = (
    "after_publication",
    "register_values_in_use",
    "stand",
)
