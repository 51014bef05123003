"""Email with an invitation link, and notice of a new address to the old one.

It contains only the site, the sender, and the expiry.
"""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from cpc.accounts.models import Invitation, InvitationPurpose, User
from cpc.base_url import absolute

SUBJECTS = {
    InvitationPurpose.JOIN: "Your account for CPC Partnerships",
    InvitationPurpose.RESET: "A new password for CPC Partnerships",
}


def send_invitation(invitation: Invitation, secret: str) -> None:
    """Send the link with `secret`. Raises what the mail server raises."""
    context = {
        "user": invitation.user,
        "by": invitation.created_by,
        "expires_at": invitation.expires_at,
        "link": absolute(reverse("invitation", kwargs={"secret": secret})),
        "joins": invitation.purpose == InvitationPurpose.JOIN,
    }
    EmailMessage(
        subject=SUBJECTS[InvitationPurpose(invitation.purpose)],
        body=render_to_string("account/people/invitation.txt", context),
        to=[invitation.user.email],
    ).send()


def send_address_notice(user_id: int, old_address: str) -> None:
    """Notify the old address of an account that it has a new one, which is not named. Raises as above."""
    context = {"user": User.objects.get(pk=user_id), "office": settings.OFFICE_EMAIL, "site": absolute(reverse("home"))}
    EmailMessage(
        subject="Your email address for CPC Partnerships was changed",
        body=render_to_string("account/people/address_notice.txt", context),
        to=[old_address],
    ).send()
