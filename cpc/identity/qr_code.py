"""Picture that an authenticator app reads: drawn as one path, since the pages allow no style inside of a picture."""

from __future__ import annotations

import qrcode
from allauth.mfa.adapter import get_adapter
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cpc.accounts.models import User

MARGIN = 4


def picture(user: User, secret: str) -> SafeString:
    """Return the picture of the secret of an app for an account, as SVG."""
    code = qrcode.QRCode(border=MARGIN)
    code.add_data(get_adapter().build_totp_url(user, secret))
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{column} {line}h1v1h-1z" for line, row in enumerate(rows) for column, dark in enumerate(row) if dark
    )
    return format_html(
        '<svg class="c-qr" viewBox="0 0 {0} {0}" role="img" aria-label="Picture with the same key, for the camera of '
        'your telephone" shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#fff"/><path d="{1}" '
        'fill="#000"/></svg>',
        len(rows),
        path,
    )
