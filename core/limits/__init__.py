"""How often something may happen: counters in a store that all processes share, and DRF throttles."""
