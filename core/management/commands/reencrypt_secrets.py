"""Encrypt every secret with the first key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.accounts.services.encryption import UnreadableSecret
from core.accounts.services.second_factor import reencrypt_secrets


class Command(BaseCommand):
    """Run this when a new key is the first in FIELD_ENCRYPTION_KEY; then remove the others."""

    help = "Encrypts the stored secrets anew with the first key of FIELD_ENCRYPTION_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it. Raises CommandError where none of the keys decrypts a secret."""
        try:
            count = reencrypt_secrets()
        except UnreadableSecret as error:
            raise CommandError("A secret is under a key that FIELD_ENCRYPTION_KEY does not list.") from error
        if options["verbosity"]:
            self.stdout.write(f"{count} secrets are under the first key.")
