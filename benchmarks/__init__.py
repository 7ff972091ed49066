"""Measurements, not tests: ``python -m benchmarks.run`` writes docs/benchmarks.md."""
