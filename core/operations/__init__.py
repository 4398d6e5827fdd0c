"""What the people who run this need: health, metrics, jobs, backups."""
