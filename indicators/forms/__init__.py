"""Forms of the indicators' pages."""

from indicators.forms.data import ReadAgainForm, TakeBackForm, UploadForm, ValuesForm
from indicators.forms.kept import CloseForm, KeptForm, PlanForm, ProgramForm
from indicators.forms.lists import PlansForm, ProgramsForm
from indicators.forms.name_mappings import MapNameForm, WithdrawMappingForm

__all__ = (
    "CloseForm",
    "KeptForm",
    "MapNameForm",
    "PlanForm",
    "PlansForm",
    "ProgramForm",
    "ProgramsForm",
    "ReadAgainForm",
    "TakeBackForm",
    "UploadForm",
    "ValuesForm",
    "WithdrawMappingForm",
)
