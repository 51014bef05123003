"""Plans of both governments by fiscal year, and budgets of awards, each on a sheet."""
