"""URLs of partnerships, in the order of the tabs of a partnership."""

from cpc.web.pages import url_patterns
from partnerships.agreements import pages as agreements
from partnerships.amendments import pages as amendments
from partnerships.awards import pages as awards
from partnerships.budgets import pages as budgets
from partnerships.clearance import pages as clearance
from partnerships.dialogues import pages as dialogues
from partnerships.documents import pages as documents
from partnerships.funds import pages as funds
from partnerships.history import pages as history
from partnerships.limit_exceptions import pages as limit_exceptions
from partnerships.money import pages as money
from partnerships.monitoring import pages as monitoring
from partnerships.outcomes import pages as outcomes
from partnerships.portfolio import pages as portfolio
from partnerships.publication import pages as publication
from partnerships.record_export import pages as record_export
from partnerships.status import pages as status
from partnerships.sustainability import pages as sustainability
from partnerships.term_sheets import pages as term_sheets
from partnerships.terms import pages as terms
from partnerships.visits import pages as visits
from partnerships.word_documents import pages as word_documents
from partnerships.year_results import pages as year_results

urlpatterns = url_patterns(
    [
        *portfolio.PAGES,
        *outcomes.PAGES,
        *agreements.PAGES,
        *term_sheets.PAGES,
        *terms.PAGES,
        *money.PAGES,
        *budgets.PAGES,
        *funds.PAGES,
        *awards.PAGES,
        *documents.PAGES,
        *clearance.PAGES,
        *amendments.PAGES,
        *limit_exceptions.PAGES,
        *status.PAGES,
        *year_results.PAGES,
        *monitoring.PAGES,
        *visits.PAGES,
        *dialogues.PAGES,
        *sustainability.PAGES,
        *publication.PAGES,
        *history.PAGES,
        *record_export.PAGES,
        *word_documents.PAGES,
    ]
)
