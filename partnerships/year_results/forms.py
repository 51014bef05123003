from __future__ import annotations

from typing import Any

from cpc.web.edit_conflicts import RevisionForm
from partnerships.form_parts.base import PartnershipForm, day_of_event, text_field
from partnerships.models import PerformanceNarrative, YearAssessment
from partnerships.models.monitoring import NO_SINGLE_CHILD
from partnerships.year_results.queries import narrative_revision


class AccountForm(PartnershipForm, RevisionForm):
    """The account of a performance report, as its recipient wrote it."""

    text = text_field("Account", f"As they wrote it. {NO_SINGLE_CHILD}", rows=8)

    def __init__(self, *args: Any, live: PerformanceNarrative | None, **options: Any) -> None:
        initial = {"revision": narrative_revision(live), "text": live.text if live else ""}
        super().__init__(*args, **options | {"initial": initial})


class OfficeAccountForm(AccountForm):
    """The account of an office of the partner government for a fiscal year."""

    received_on = day_of_event("Received on")

    def __init__(self, *args: Any, live: PerformanceNarrative | None, **options: Any) -> None:
        super().__init__(*args, live=live, **options)
        if live is not None:
            self.initial["received_on"] = live.received_on


class AssessmentForm(PartnershipForm, RevisionForm):
    text = text_field("Assessment", NO_SINGLE_CHILD, rows=8)

    def __init__(self, *args: Any, draft: YearAssessment | None, **options: Any) -> None:
        revision = str(draft.current_revision()) if draft else "0"
        initial = {"revision": revision, "text": draft.text if draft else ""}
        super().__init__(*args, **options | {"initial": initial})
