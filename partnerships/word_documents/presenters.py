from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.authors import why_not_decide
from cpc.web.badges import Badge
from partnerships.models import DocumentTemplate, TemplateKind, TemplateState
from partnerships.word_documents.kinds import TYPES
from partnerships.word_documents.queries import TemplatesOfKind

BADGES = {
    TemplateState.DRAFT: "info",
    TemplateState.RELEASED: "none",
    TemplateState.REJECTED: "bad",
    TemplateState.WITHDRAWN: "none",
}
IN_USE = Badge("good", "In use")


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of a template, with what an account may do with it. `why_not` is why it may not decide."""

    template: DocumentTemplate
    badge: Badge
    may_decide: bool = False
    may_withdraw: bool = False
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class KindPanel:
    kind: TemplateKind
    purpose: str
    in_use: int
    built_in: Badge
    versions: Sequence[VersionLine]


def kind_panels(found: Sequence[TemplatesOfKind], user: User) -> list[KindPanel]:
    return [
        KindPanel(
            kind=each.kind,
            purpose=TYPES[each.kind].purpose,
            in_use=each.in_use,
            built_in=IN_USE if each.in_use == 1 else Badge("none", "Replaced"),
            versions=[_line(row, each.in_use, user) for row in each.versions],
        )
        for each in found
    ]


def _line(row: DocumentTemplate, in_use: int, user: User) -> VersionLine:
    if row.number == in_use:
        return VersionLine(row, IN_USE)
    released = row.state == TemplateState.RELEASED
    badge = Badge("none", "Replaced") if released else Badge(BADGES[TemplateState(row.state)], row.get_state_display())
    if not row.is_open:
        return VersionLine(row, badge)
    decides = user.allows(Permission.APPROVE_PARTNERSHIPS)
    why_not = why_not_decide(row, user) if decides else ""
    return VersionLine(
        row, badge, decides and not why_not, may_withdraw=user.allows(Permission.EDIT_PARTNERSHIPS), why_not=why_not
    )
