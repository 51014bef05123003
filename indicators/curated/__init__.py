"""Records that analysts write themselves: programs of U.S. agencies and national action plans."""
