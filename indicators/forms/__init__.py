"""Forms of the indicators' pages."""

from indicators.forms.data import ReadAgainForm, TakeBackForm, UploadForm, ValuesForm
from indicators.forms.kept import CloseForm, KeptForm, PlanForm, ProgramForm
from indicators.forms.lists import PlansForm, ProgramsForm

__all__ = (
    "CloseForm",
    "KeptForm",
    "PlanForm",
    "PlansForm",
    "ProgramForm",
    "ProgramsForm",
    "ReadAgainForm",
    "TakeBackForm",
    "UploadForm",
    "ValuesForm",
)
