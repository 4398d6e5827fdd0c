"""The person."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models.functions import Lower

from core.models.fields import CurrencyField


class UserManager(DjangoUserManager["User"]):
    """Finds people without regard to the case of their names."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person of that username. Raises User.DoesNotExist."""
        return self.get(username__iexact=username)


class User(AbstractUser):
    """One person with an account.

    Written by registration, by the person and by staff. `currency` is the one in which their figure is
    computed, `timezone` decides which day it is for them. Username and e-mail are unique without regard
    to case, in the database.
    """

    email = models.EmailField("email address", blank=False)
    currency = CurrencyField(default="USD", help_text="ISO 4217 code of the currency that the figure is in.")
    timezone = models.CharField(max_length=64, default="UTC", help_text="IANA name, such as Europe/Berlin.")
    language = models.CharField(max_length=16, default="en", help_text="Language of messages, such as en.")

    objects: ClassVar[UserManager] = UserManager()

    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = "user"
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_unique_ci"),
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ci"),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="user_currency_code"),
        ]
