"""The one app of the project."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Connects the signals, and nothing else."""

    name = "core"
    verbose_name = "Allowance"

    def ready(self) -> None:
        """Importing the wiring table connects it."""
        from core import signals  # noqa: F401
