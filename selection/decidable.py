"""Records of the selection that an approver decides on and their authors cannot; see `cpc.audit.decidable`."""

from cpc.audit.decidable import DecidedRecord, RecordPart, declare, records_authors

__all__ = ("ADMISSION", "CUT_SHORT", "MEMO_TEMPLATE", "MODEL", "POOL_RULE", "RECOMMENDATION", "records_authors")

MODEL = DecidedRecord("selection_scoringmodel")
RECOMMENDATION = DecidedRecord("selection_recommendation")
POOL_RULE = DecidedRecord("selection_poolpolicy")
ADMISSION = DecidedRecord("selection_admission")
MEMO_TEMPLATE = DecidedRecord("selection_memotemplate")
CUT_SHORT = DecidedRecord("selection_cutshort")

declare(
    RecordPart(MODEL.table, MODEL, author="drafted_by_id", deciding=frozenset({"published", "superseded"})),
    RecordPart(RECOMMENDATION.table, RECOMMENDATION, author="drafted_by_id", deciding=frozenset({"superseded"})),
    RecordPart(POOL_RULE.table, POOL_RULE, author="proposed_by_id", deciding=frozenset({"approved", "refused"})),
    RecordPart(
        ADMISSION.table, ADMISSION, author="proposed_by_id", deciding=frozenset({"approved", "refused", "ended"})
    ),
    RecordPart(
        MEMO_TEMPLATE.table, MEMO_TEMPLATE, author="uploaded_by_id", deciding=frozenset({"approved", "refused"})
    ),
    RecordPart(
        CUT_SHORT.table, CUT_SHORT, author="asked_by_id", deciding=frozenset({"agreed to", "refused", "overtaken"})
    ),
)
