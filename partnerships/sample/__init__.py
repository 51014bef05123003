"""The sample partnership of the demonstration: Sample Country in its third year, made by the services alone."""
