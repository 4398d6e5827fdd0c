"""Middleware, one file a concern. The order stands in `settings.MIDDLEWARE`."""
