"""Tests of the clearance room."""
