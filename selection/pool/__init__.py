"""Pool of the desk screen: rules and admissions, proposed by one person and decided by another."""
