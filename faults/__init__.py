"""`make faults`: what breaks in production, broken on purpose while people shop."""
