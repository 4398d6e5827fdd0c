"""For operators: health, metrics, jobs, backups."""
