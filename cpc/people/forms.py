"""Forms of people and agencies. Rules stay in the services."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db.models import Q, QuerySet

from cpc.accounts.models import Agency, User
from cpc.accounts.permissions import Role
from cpc.accounts.programs import ANSWERING_ROLES, GRANTABLE, LONGEST_DAYS
from cpc.days import DayFormField
from cpc.notifications.models import Frequency
from cpc.openid import queries as openid_queries
from cpc.people import queries
from cpc.people.queries import AccountState
from cpc.web.actions import ActionForm
from cpc.web.edit_conflicts import RevisionForm


class PeopleFilter(forms.Form):
    q = forms.CharField(label="Name, user name, or email", required=False, max_length=120)
    role = forms.ChoiceField(label="Role", required=False, choices=(("", "Any role"), *Role.choices))
    agency = forms.ModelChoiceField(
        Agency.objects.order_by("name"), label="Agency", required=False, to_field_name="code", empty_label="Any agency"
    )
    state = forms.ChoiceField(label="State", required=False, choices=(("", "Any state"), *AccountState.choices))

    def __init__(self, data: object) -> None:
        super().__init__(data, auto_id="f-%s")  # type: ignore[arg-type]  # a query or None, as Django passes it
        for field in self.fields.values():
            field.widget.attrs["class"] = "usa-select" if isinstance(field, forms.ChoiceField) else "usa-input"

    def narrow(self, rows: QuerySet[User]) -> QuerySet[User]:
        asked = self.cleaned_data
        if asked["q"]:
            search = asked["q"]
            rows = rows.filter(Q(name__icontains=search) | Q(username__icontains=search) | Q(email__icontains=search))
        if asked["role"]:
            rows = rows.filter(role=asked["role"])
        if asked["agency"]:
            rows = rows.filter(agency=asked["agency"])
        if asked["state"]:
            rows = queries.in_state(rows, AccountState(asked["state"]))
        return rows


class SettingsForm(ActionForm):
    frequency = forms.ChoiceField(label="How often", choices=Frequency.choices, widget=forms.RadioSelect)
    has_letter_keys = forms.BooleanField(
        label="Single letters and digits are keys",
        required=False,
        help_text="N and E in the rating grid; J, K, N, and 1 to 6 in the review of a candidate. Without them, each "
        "control is still reached with Tab. Turn them off if you dictate, or if they interfere with a screen reader.",
    )


class _AgencyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in its stubs only
    def label_from_instance(self, obj: Agency) -> str:
        return obj.name if obj.is_active else f"{obj.name} (closed)"


class AccountForm(RevisionForm):
    name = forms.CharField(label="Display name", max_length=120)
    email = forms.EmailField(label="Email address", max_length=254, required=False)
    role = forms.ChoiceField(
        label="Role",
        choices=Role.choices,
        help_text="To make someone an approver or administrator, or to change the address of one, takes a second "
        "approver or administrator, who confirms it. The password of someone who becomes one then ends, and a link to "
        "set another one is sent. Taking such a role away takes one person.",
    )
    agency = _AgencyChoice(
        Agency.objects.none(),
        label="Agency",
        required=False,
        empty_label="None",
        help_text="A reviewer represents one agency. Other roles have none.",
    )
    is_contact = forms.BooleanField(
        label="Point of contact for the agency",
        required=False,
        help_text="A point of contact submits for the agency; its other reviewers draft. An agency can have several.",
    )

    def __init__(self, *args: Any, current_agency: Agency | None = None, **options: Any) -> None:
        """Offer open agencies, and `current_agency`, the account's agency, even if it is closed."""
        super().__init__(*args, **options)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        offered = Q(is_active=True) | Q(pk=current_agency.pk) if current_agency else Q(is_active=True)
        field.queryset = Agency.objects.filter(offered).order_by("name")


class InviteForm(AccountForm):
    field_order = ("name", "email", "username", "role", "agency", "is_contact")

    username = forms.CharField(
        label="User name",
        max_length=60,
        validators=(ASCIIUsernameValidator(),),
        help_text="Used to sign in. You can't change it later. Letters, digits, and @ . + - _",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].required = True
        self.fields["email"].help_text = "We send the link to set a password to this address."
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = [("", "Choose"), *Role.choices]
        del self.fields["revision"]


class GrantForm(RevisionForm):
    granted_scopes = forms.MultipleChoiceField(
        label="What the program may write",
        required=False,
        choices=[(scope.value, scope.label) for scope in GRANTABLE],
        widget=forms.CheckboxSelectMultiple,
        help_text="It reads without this. No program approves, signs, or decides.",
    )
    responsible = forms.ModelChoiceField(
        User.objects.none(),
        label="Who answers for it",
        required=False,
        empty_label="No one",
        help_text="An analyst or administrator. They can issue and revoke the program's tokens. If their access ends, "
        "the program reads, but no longer writes.",
    )
    last_day = DayFormField(
        label="Last day",
        required=False,
        help_text=f"After it, the account can't be used anymore. At most {LONGEST_DAYS} days from today.",
    )

    def __init__(self, *args: Any, current: User | None = None, **options: Any) -> None:
        """Offer those who can answer for a program, and `current`, who answers for it now."""
        super().__init__(*args, **options)
        field = self.fields["responsible"]
        assert isinstance(field, forms.ModelChoiceField)
        offered = Q(is_active=True, role__in=ANSWERING_ROLES) | Q(pk=current.pk if current else None)
        field.queryset = User.objects.filter(offered).order_by("name", "pk")


class AccessDecisionForm(ActionForm):
    decision = forms.ChoiceField(
        label="Decision", choices=[("confirm", "Confirm"), ("refuse", "Refuse")], widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, is_own: bool, **options: Any) -> None:
        """Offer the decisions of the second person, or with `is_own` only to withdraw the change."""
        super().__init__(*args, **options)
        if is_own:
            self.fields["decision"] = forms.ChoiceField(
                choices=[("withdraw", "Withdraw")], widget=forms.HiddenInput, initial="withdraw"
            )


class ReasonForm(ActionForm):
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="The reason is stored in the audit trail. Don't write about anyone's health or family.",
    )


class IdentityForm(ActionForm):
    provider = forms.ChoiceField(label="Provider")
    subject = forms.CharField(
        label="Subject",
        max_length=255,
        help_text="The identifier that the provider uses for this person, not an address. It is never reused there.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["provider"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, found.label) for key, found in openid_queries.providers().items()]


class AgencyForm(RevisionForm):
    short_name = forms.CharField(
        label="Short name", max_length=20, required=False, help_text="Used in headings and sentences, such as Labor."
    )
    name = forms.CharField(label="Long name", max_length=120)
    statutory = forms.BooleanField(
        label="Named by the statute",
        required=False,
        help_text="22 U.S.C. 7103a(d): each round asks this agency, or records why that does not apply.",
    )
    on_criteria = forms.BooleanField(
        label="Consulted on the criteria",
        required=False,
        help_text="22 U.S.C. 7103a(d)(5): whoever adopts a scoring model records what this agency answered.",
    )
    is_consulted = forms.BooleanField(
        label="Consulted on candidates",
        required=False,
        initial=True,
        help_text="Rounds offer this agency. Without it, the agency can only be asked to clear texts.",
    )
    is_state_office = forms.BooleanField(label="Part of the Department of State", required=False)


class NewAgencyForm(AgencyForm):
    field_order = ("short_name", "name", "code", "statutory", "on_criteria", "is_consulted", "is_state_office")

    code = forms.SlugField(
        label="Code",
        max_length=20,
        help_text="Used in URLs and files, such as dol or state-f. You can't change it later.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["revision"]


class CloseForm(ReasonForm):
    field_order = ("successor", "reason")

    successor = forms.ModelChoiceField(
        Agency.objects.none(),
        label="Successor",
        empty_label="Choose",
        help_text="Open work moves to this agency.",
    )

    def __init__(self, *args: Any, agency: Agency, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = "For example, the law or order that transferred its functions."
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Agency.objects.filter(is_active=True).exclude(pk=agency.pk).order_by("name")


class NewPasswordForm(forms.Form):
    use_required_attribute = False

    password1 = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=(
            "At least 14 characters. Several words are easy to remember. Don't use a common password, your name, or "
            "the name of this site with a little added, and don't repeat one part or follow the keyboard."
        ),
    )
    password2 = forms.CharField(
        label="Repeat the password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data, label_suffix="")  # type: ignore[arg-type]  # a query or None, as Django passes it

    def clean_password2(self) -> str:
        second: str = self.cleaned_data["password2"]
        if "password1" in self.cleaned_data and second != self.cleaned_data["password1"]:
            raise forms.ValidationError(
                ("The two passwords are different. Enter the same password twice."), code="differ"
            )
        return second


PASSWORD_LABELS = {"oldpassword": "Current password", "password1": "New password", "password2": "New password, again"}


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """Sign-in form that acknowledges the notice beside it; if that changed meanwhile, it is shown again first."""

    def clean(self) -> dict[str, Any] | None:
        """Check the edition of the notice before the password."""
        if self.data.get("notice", settings.SYSTEM_USE_EDITION) != settings.SYSTEM_USE_EDITION:
            raise forms.ValidationError(
                "The notice “Before you go on” has changed. Read it, and sign in again.", code="notice"
            )
        cleaned: dict[str, Any] | None = super().clean()
        return cleaned


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]  # allauth ships no types
    """Password form with the same labels as the other forms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in PASSWORD_LABELS.items():
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = f"Enter the {label[:1].lower()}{label[1:]}."
