"""Measures framegate beside others, on one machine, in one run."""
