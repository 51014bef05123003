"""Page that an emailed link opens: the person sets the password, and signs in with it."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cpc.accounts.models import InvitationPurpose
from cpc.parameters import check_parameters
from cpc.people import invitations
from cpc.people.forms import NewPasswordForm


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password1", "password2")
@never_cache
@login_not_required
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Set a password with a link.

    Opening the link does not use it up, since a mail program may load it first. The response is the same for a link
    that is used, withdrawn, expired, or invented.
    """
    check_parameters(request, ())
    invitation = invitations.find_invitation(secret, timezone.now())
    if invitation is None:
        return _void(request)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            user = invitations.use(secret=secret, password=form.cleaned_data["password1"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if user is None:
                return _void(request)
            messages.success(request, f"Your password has been set. Sign in as {user.username}.")
            return redirect("account_login")
    context = {"form": form, "invitation": invitation, "joins": invitation.purpose == InvitationPurpose.JOIN}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "account/people/invitation.html", context, status=status)


def _void(request: HttpRequest) -> HttpResponse:
    return render(request, "account/people/invitation_void.html", status=HTTPStatus.NOT_FOUND)
