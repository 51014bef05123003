"""Registration of weighting exercises with the kernel."""

from cpc.people import succession
from selection.weighting import notifications
from selection.weighting.services import move_participants


def register() -> None:
    notifications.register_kinds()
    succession.register("weighting exercises", move_participants)
