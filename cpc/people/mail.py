"""Email with an invitation link.

It contains only the site, the sender, and the expiry.
"""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from cpc.accounts.models import Invitation, InvitationPurpose
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
