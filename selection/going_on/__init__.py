"""Consultation and decision of a round: the answers of each agency, the obstacles, and going on."""
