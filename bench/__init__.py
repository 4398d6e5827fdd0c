"""Benchmarks: the product beside the least that could do its job, in one run. Not part of the product."""
