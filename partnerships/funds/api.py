"""Funds of the office over REST."""

from cpc.accounts.permissions import Permission
from cpc.api.resources import Resource
from partnerships.models import Fund

FUNDS = Resource(
    name="funds",
    noun="fund",
    model=Fund,
    title="Funds",
    description="The office's funds, by account and years. Ledger entries and notifications take their numbers.",
    fields="id account account_name first_fiscal_year last_fiscal_year expires_on canceled_on days_from",
    notes={
        "account": "The appropriation account.",
        "account_name": "The name of another account.",
        "first_fiscal_year": "The first U.S. fiscal year in which it can be obligated.",
        "last_fiscal_year": "The last U.S. fiscal year in which it can be obligated.",
        "expires_on": "The last day for new obligations; null until somebody enters it.",
        "canceled_on": "The last day for payments; null until somebody enters it.",
        "days_from": "The document that states both days.",
    },
    reasons={"expires_on": "not_recorded", "canceled_on": "not_recorded"},
    order=("account", "first_fiscal_year", "pk"),
    filters="account",
    permission=Permission.VIEW_PARTNERSHIPS,
    tag="office",
)
