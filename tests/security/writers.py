"""How two writers fare at every address that writes; `test_two_writers.py` reads it and tries the forms.

A form that sets what is there already stands in FORMS and is tried with two people. Whatever adds a row of its own,
takes a step that can be taken once, or is one person's own says so in REASONS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cpc.accounts.permissions import Role
from tests.security import stages

Typed = tuple[Any, Any]
DRAFTS: Typed = ("What the first types", "What the second types")
TITLES: Mapping[str, Typed] = {"title": DRAFTS}
TEXTS: Mapping[str, Typed] = {"text": DRAFTS}
REASONED: Mapping[str, Typed] = {"reason": DRAFTS}


@dataclass(frozen=True)
class Form:
    """A form, as two people of a role send it.

    `typed` says what each of them types into the fields that differ (a star at the end stands for the first field that
    begins so), `also` what both do. `shown` are the words by which the second learns what the first did, where they
    are other than those typed. `again` is whether the second can then send the form as it is. `prepare` makes what has
    to be there and may point the address at it; `page` is the address that shows the form, where it is another one.
    """

    role: Role
    typed: Mapping[str, Typed]
    also: Mapping[str, Any] = field(default_factory=dict)
    shown: Sequence[str] | None = None
    again: bool = True
    prepare: Callable[[dict[str, Any]], None] | None = None
    page: str = ""
    page_arguments: Sequence[str] = ()


FORMS: Mapping[str, Form] = {
    # accounts
    "person": Form(Role.ADMINISTRATOR, {"name": ("A first name", "A second name")}),
    "agency": Form(Role.ADMINISTRATOR, {"name": ("A first agency", "A second agency")}),
    # programs and plans
    "program-replace": Form(Role.ANALYST, TITLES, {"reason": "It says so"}, again=False),
    "plan-replace": Form(Role.ANALYST, TITLES, {"reason": "It says so"}, again=False),
    # partnerships
    "partnership-edit": Form(Role.ANALYST, TITLES),
    "partnership-term": Form(Role.ANALYST, TITLES),
    "partnership-amounts": Form(
        Role.ANALYST, {"amount-*": ("1000.00", "2000.00")}, shown=("1,000.00",), prepare=stages.program
    ),
    "partnership-amendment-change": Form(Role.ANALYST, TITLES),
    "partnership-amendment-amounts": Form(Role.ANALYST, {"amount_*": ("1000.00", "2000.00")}, shown=("1,000.00",)),
    "award-edit": Form(Role.ANALYST, TITLES),
    "award-state": Form(
        Role.ANALYST,
        REASONED,
        {"state": "stop_work"},
        shown=("Stop-work ordered",),
        again=False,
        prepare=stages.award_is_active,
    ),
    "partnership-indicator-edit": Form(Role.ANALYST, TITLES, prepare=stages.plan_is_a_draft),
    "partnership-indicator-targets": Form(
        Role.ANALYST, {"target_*": ("77", "88")}, {"reason": "It says so"}, prepare=stages.plan_is_a_draft
    ),
    "partnership-outlook-edit": Form(Role.ANALYST, {"mitigation": ("A first way", "A second way")}),
    "partnership-dialogue-edit": Form(Role.ANALYST, {"place": ("A first place", "A second place")}),
    "partnership-dialogue-minutes": Form(Role.ANALYST, {"item_*": DRAFTS}, prepare=stages.dialogue_is_held),
    "partnership-action-close": Form(Role.ANALYST, {"outcome": DRAFTS}, {"state": "done"}),
    "partnership-result": Form(Role.ANALYST, {"narrative": ("A first account", "A second account")}),
    # what takes the place of a row, or is done about it once
    "partnership-contribution-replace": Form(Role.ANALYST, {"description": DRAFTS}, again=False, shown=()),
    "partnership-notification-replace": Form(Role.ANALYST, {"reference": DRAFTS}, again=False, shown=()),
    "award-subaward-replace": Form(Role.ANALYST, {"purpose": DRAFTS}, again=False, shown=()),
    "award-closeout-step": Form(
        Role.ANALYST, {"not_applicable_because": DRAFTS}, {"done_on": ""}, again=False, shown=()
    ),
    "partnership-correction-close": Form(Role.APPROVER, {"evidence": DRAFTS}, again=False, shown=()),
    "partnership-exception": Form(Role.APPROVER, REASONED, {"decision": "refuse"}, again=False, shown=()),
    # rounds
    "round-edit": Form(Role.ANALYST, TITLES, prepare=stages.draft_round),
    "round-move": Form(Role.ANALYST, REASONED),
    "recommend": Form(
        Role.ANALYST,
        {"rationale": DRAFTS},
        {"action": "defer"},
        prepare=stages.deliberated,
    ),
    "decide": Form(
        Role.APPROVER,
        {"remarks": DRAFTS},
        {"action": "defer"},
        shown=("Decided", "Defer"),
        again=False,
        prepare=stages.recommended,
    ),
    "round-request-edit": Form(Role.ANALYST, {"questions": DRAFTS}, prepare=stages.draft_request),
    "round-request-due": Form(
        Role.ANALYST, {**REASONED, "due_on": ("2027-03-05", "2027-03-08")}, shown=("Mar 5, 2027",)
    ),
    "position-disposition": Form(Role.ANALYST, TEXTS),
    "position-extension": Form(
        Role.ANALYST,
        REASONED,
        {"decision": "decline", "due_on": ""},
        again=False,
        prepare=stages.extension_is_asked,
    ),
    "round-request-proceed": Form(Role.APPROVER, REASONED, again=False, prepare=stages.due_has_passed),
    "round-request-drop": Form(Role.ANALYST, REASONED, again=False),
    # the pool and adoptions
    "pool-policy-decide": Form(Role.APPROVER, {"note": DRAFTS}, {"decision": "refuse"}, again=False, shown=()),
    "pool-admission-decide": Form(Role.APPROVER, {"note": DRAFTS}, {"decision": "refuse"}, again=False, shown=()),
    "pool-admission-end": Form(Role.APPROVER, REASONED, again=False, shown=()),
    "model-adopt": Form(Role.APPROVER, REASONED, again=False, shown=("adopted already",)),
    "model-adoption-withdraw": Form(Role.APPROVER, REASONED, again=False, shown=()),
}

ADDS = "adds a row of its own; what is there stays"
ONCE = "a step that is taken once; the second is refused with what stands, and what was typed is kept"
SAME = "who does it second finds it done; nothing that anybody typed is lost"
OWN = "one person's own"
TABLE = "carries the count of edits that its page showed; the second is told and keeps the draft (test_pages_models)"

REASONS: Mapping[str, str] = {
    # accounts
    "invitation": "a link is used once; the second use opens nothing",
    "account-tokens": ADDS,
    "account-token-revoke": SAME,
    "account_change_password": "asks for the present password, which a second form no longer has",
    "account_login": OWN,
    "account_logout": OWN,
    "people-invite": ADDS,
    "person-step": SAME,
    "agency-new": ADDS,
    "agency-close": ONCE,
    "agency-reopen": SAME,
    "inbox-read": OWN,
    "inbox-read-all": OWN,
    "inbox-preferences": OWN,
    # sources, programs and plans
    "review-form": "one verdict a reviewer; each is kept",
    "recommendations-confirm": "carries the row that was seen; the second is told that it is another one now",
    "imports": ADDS,
    "import-read": SAME,
    "import-compare": SAME,
    "import-publish": SAME,
    "import-discard": SAME,
    "import-take-back": SAME,
    "import-names": "one standing mapping a name; the second learns who mapped it and to what (test_name_mappings)",
    "name-mapping-withdraw": SAME,
    "program-new": ADDS,
    "program-withdraw": ONCE,
    "plan-new": ADDS,
    "plan-withdraw": ONCE,
    # rankings and models
    "ranking-compute": SAME,
    "backtest-compute": SAME,
    "run-as-known": SAME,
    "run-replay": "writes nothing but an entry of the trail",
    "model-import": ADDS,
    "model-clone": ADDS,
    "model-publish": TABLE,
    "model-withdraw": ONCE,
    "model-settings": TABLE,
    "model-weights": TABLE,
    "model-method": TABLE,
    "model-estimate": TABLE,
    "model-row-new": TABLE,
    "model-row": TABLE,
    "model-row-move": TABLE,
    "model-row-remove": TABLE,
    "pool-policy-new": ADDS,
    "pool-admit": ADDS,
    "what-if-draft": ADDS,
    "scenario-new": ADDS,
    "scenario-share": OWN,
    "scenario-withdraw": OWN,
    # partnerships
    "partnership-new": ADDS,
    "partnership-step": ONCE,
    "partnership-origin-confirm": ONCE,
    "partnership-plan-take": SAME,
    "partnership-plan-new": ADDS,
    "partnership-plan-leave": SAME,
    "partnership-term-new": ADDS,
    "partnership-term-remove": SAME,
    "partnership-contribution-new": ADDS,
    "partnership-notification-new": ADDS,
    "partnership-exemption-new": ADDS,
    "award-new": ADDS,
    "award-ledger-new": ADDS,
    "award-subaward-new": ADDS,
    "award-reports": SAME,
    "award-report": "each event follows on the state it is in, under the lock of the report",
    "award-closeout": SAME,
    "partnership-document-new": ADDS,
    "partnership-document-version": "adds a version; each is kept",
    "partnership-statement-new": ADDS,
    "limit-policy-new": ADDS,
    "limit-policy-approve": SAME,
    "partnership-exception-new": ADDS,
    "partnership-amendment-new": ADDS,
    "partnership-amendment-add": ADDS,
    "partnership-amendment-drop": SAME,
    "partnership-amendment-step": ONCE,
    "partnership-determination-new": ADDS,
    "partnership-correction-new": ADDS,
    "partnership-monitoring-step": ONCE,
    "partnership-indicator-new": ADDS,
    "partnership-indicator-baseline": ONCE,
    "partnership-periods-schedule": SAME,
    "partnership-period-step": ONCE,
    "partnership-outlook-new": ADDS,
    "partnership-dialogue-new": ADDS,
    "partnership-dialogue-step": ONCE,
    "partnership-agenda-new": ADDS,
    "partnership-agenda-remove": SAME,
    "partnership-key-new": ADDS,
    "partnership-key-drop": SAME,
    "partnership-action-new": ADDS,
    # rounds and consultation
    "round-new": ADDS,
    "round-step": ONCE,
    "round-score": "adds a score; the same again is one",
    "round-request-new": ADDS,
    "round-request-candidates": ADDS,
    "round-request-send": SAME,
    "round-not-applicable": ONCE,
    "consultation-review": "carries position and draft that were seen (test_consultation_pages)",
    "consultation-confirm": "carries the position that was seen (test_consultation_pages)",
    "memo-issue": "adds an issue; the same again is one",
    "memo-templates": ADDS,
    # notes, ratings, papers, restrictions
    "note-new": ADDS,
    "note-act": "carries what stood about the note (test_notes_pages)",
    "matrix-import": ADDS,
    "matrix-upload": "taken in whole, once",
    "rate": "each rates for themselves; the second window of one person is told (test_pages_ratings)",
    "rating-withdraw": OWN,
    "paper-new": ADDS,
    "paper-version": "names the version in whose place it comes; the second is refused (test_papers)",
    "restriction-review": "names the review in whose place it comes; the second is refused (test_pages_restrictions)",
}

IF_MATCH = "names in If-Match what it has read; else 428, and 412 where that changed"

REST: Mapping[str, str] = {
    "api:partnership": IF_MATCH,
    "api:partnership-transitions": IF_MATCH,
    "api:partnership-confirmation": IF_MATCH,
    "api:partnership-programmes": IF_MATCH,
    "api:partnership-amounts": IF_MATCH,
    "api:partnership-amendment-steps": IF_MATCH,
    "api:partnership-period-steps": IF_MATCH,
    "api:partnerships": ADDS,
    "api:partnership-amendments": ADDS,
    "api:partnership-amendment-changes": "adds a change of a field that has none in the draft; a second one is refused",
    "api:partnership-contributions": "adds a statement, or names the one in whose place it comes, once",
    "api:partnership-ledger": ADDS,
    "api:partnership-periods": SAME,
    "api:partnership-results": "names the result in whose place it comes; else 422 with the code `changed`",
}
"""Addresses of the REST interface: what keeps a second client from overwriting what it has not read."""
