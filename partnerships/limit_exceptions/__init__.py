"""Limit policies and limit exceptions, each approved by a second person."""
