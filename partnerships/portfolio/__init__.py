"""All partnerships as one list, and the overview of one; REST of both."""
