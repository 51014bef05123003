"""Pages of countries: the list, and one country with each factor from the publisher's cell to points."""
