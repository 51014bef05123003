"""Questions of the approver about recommendations, which the office answers before a decision."""

from __future__ import annotations

from cpc.site.queue import Category
from cpc.site.queue_rows import Branch, Row, Shown
from selection.decisions.services import MAY_RECOMMEND
from selection.models import Discussion
from selection.queue.branches import page


def asked() -> Branch:
    def show(row: Row) -> Shown:
        url = page("discussion-answer", row.facts["round"], row.facts["code"])
        return Shown(
            f"Answer the approver on {row.subject}", url, f"“{row.text('question', 120)}”", "Answer", "comment"
        )

    rows = Discussion.objects.filter(
        answered_at__isnull=True,
        recommendation__superseded_at__isnull=True,
        recommendation__candidate__round__state__in=MAY_RECOMMEND,
    )
    about = "recommendation__candidate__"
    return Branch(
        "discussion", Category.ANSWERS, rows, show, subject=f"{about}country__name", since="at", who="asked_by__name",
        facts={"round": f"{about}round_id", "code": f"{about}country__code", "question": "question"},
    )  # fmt: skip
