"""Scoring inputs."""
