"""Consultation on the criteria: agencies are asked about a version of the model, and their answers recorded."""
