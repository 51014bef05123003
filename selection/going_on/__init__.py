"""Consultation and decision of a round: what each agency said, what stands in the way, and going on."""
