"""Codes of ISO 4217. Pure; `cpc.currencies` has the field that stores one."""

from __future__ import annotations

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
