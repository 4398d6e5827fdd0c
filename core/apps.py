"""The one app of the project."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Connects the signals and registers the lookups."""

    name = "core"
    verbose_name = "Allowance"

    def ready(self) -> None:
        """Import what registers itself."""
        from core import signals  # noqa: F401
        from core.db import lookups  # noqa: F401
