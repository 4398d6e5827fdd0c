"""What can safely be spent today, and why: the reason this application exists."""
