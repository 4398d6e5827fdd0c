"""Who did what to an account and its rows, kept for the owner to see."""
