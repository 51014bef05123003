"""URLs of tokens of the REST interface."""

from cpc.api_tokens import views
from cpc.web.pages import Page

PAGES = [
    Page("account/tokens/", views.IssueToken, "account-tokens"),
    Page("account/tokens/all/", views.all_tokens, "account-tokens-all"),
    Page("account/tokens/of/<int:pk>/", views.IssueProgramToken, "account-tokens-of"),
    Page("account/tokens/<int:pk>/revoke/", views.RevokeToken, "account-token-revoke"),
]
