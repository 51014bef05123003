"""Registration of the consultation on criteria with the kernel."""

from selection.criteria_consultation import notifications


def register() -> None:
    notifications.register_kinds()
