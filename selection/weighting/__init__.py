"""Weighting exercises: people of the office and agencies weigh a model's criteria, and a draft is made from it."""
