"""The forms of partnerships: filters of lists, and what people write. Rules stay in the services."""

from cpc.web.forms import add_service_errors
from partnerships.forms.portfolio import PortfolioForm, refusal
from partnerships.forms.record import OpenForm, OpenFromDecisionForm, RecordForm, StepForm

__all__ = (
    "OpenForm",
    "OpenFromDecisionForm",
    "PortfolioForm",
    "RecordForm",
    "StepForm",
    "add_service_errors",
    "refusal",
)
