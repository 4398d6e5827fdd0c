"""What can safely be spent today, and why."""
