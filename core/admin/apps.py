"""The configuration of `django.contrib.admin` for this project."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Replaces the default site, and registers the tables."""

    default_site = "core.admin.site.StaffAdminSite"

    def ready(self) -> None:
        """Import the modules that register tables."""
        super().ready()
        from core.admin import groups, ledger, people, periods, projections, rates, records  # noqa: F401
