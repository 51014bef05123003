"""Currencies of ISO 4217, and a column for a currency's code.

    currency = CurrencyField(blank=True)

A code may be typed in any case. Forms, the REST interface, and services store it in capital letters, and a constraint
of the model compares it with `CURRENCIES`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.db import models

_CURRENT = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
    CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
    SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
"""ISO 4217:2015, list one, as of January 1, 2026, without codes of funds, metals, and tests."""

_WITHDRAWN = "ANG BGN BYR CUC HRK LTL LVL MRO SLL STD VEF ZWL"
"""Codes withdrawn since 2013, the first fiscal year of a contribution: a statement keeps the currency of its day."""

CURRENCIES = frozenset(f"{_CURRENT} {_WITHDRAWN}".split())
US_DOLLAR = "USD"
OTHER_CURRENCIES = tuple(sorted(CURRENCIES - {US_DOLLAR}))
SAMPLE_CURRENCY = "XTS"
"""The code that ISO 4217 reserves for tests: no country's money."""

UNKNOWN = "This isn't the code of a currency in ISO 4217. Enter its three letters, such as PEN."


def normalized(code: str) -> str:
    return code.strip().upper()


class CurrencyFormField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return normalized(super().to_python(value) or "")


_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)

if TYPE_CHECKING:
    _CharField = models.CharField
else:

    class _CharField(models.CharField):
        def __class_getitem__(cls, _parameters):
            return cls  # takes no parameter at run time


class CurrencyField(_CharField[_ST, _GT]):
    """A model field for a currency's code, which validation puts in capital letters."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("max_length", 3)
        super().__init__(*args, **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return normalized(text) if isinstance(text, str) else text

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": CurrencyFormField, **options})
