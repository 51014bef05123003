"""What people fill in: filters of lists, and what they write in a round. Rules stay in the services."""

from selection.forms.lists import CompareForm, CountriesForm, RankingForm, refusal

__all__ = ("CompareForm", "CountriesForm", "RankingForm", "refusal")
