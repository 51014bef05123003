"""Run comparison."""
