"""Users."""

from collections.abc import Collection, Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db import transaction as db_transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from core.db.loaded import LoadedModel
from core.db.locks import owner_transaction, raise_revision
from core.db.transactions import atomic_write
from core.kernel.names import fold_name, has_control_character
from core.kernel.passwords import list_password_forms, normalize_password
from core.models.fields import CurrencyField, is_currency_code
from core.models.figure_settings import FigureSettings, list_setting_constraints

USERNAME_LENGTH = 150
EMAIL_LENGTH = 254


def _lock_for_deletion(people: "models.QuerySet[User]") -> None:
    """Lock these accounts, so that no rows are added while theirs are collected and deleted.

    A plain FOR UPDATE, unlike for other writes: it also blocks inserts that refer to the row by foreign key alone.
    """
    list(people.select_for_update().order_by("pk").values_list("pk"))


class UserQuerySet(models.QuerySet["User"]):
    """Several users."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the accounts with all that belongs to them."""
        with db_transaction.atomic(using=self.db):
            _lock_for_deletion(self.all())
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class UserManager(DjangoUserManager["User"]):
    """Finds users without regard to the case of their names."""

    def get_queryset(self) -> UserQuerySet:
        """Return all users."""
        return UserQuerySet(self.model, using=self.db)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user of that username. Raises User.DoesNotExist."""
        return self.get(username_key=fold_name(username or ""))

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        """Create an account. The password is hashed in its normal form."""
        return super().create_user(username, email, _normalize(password), **extra_fields)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> "User":
        """Create a superuser's account. Raises ValidationError for a name that is taken or not allowed."""
        check_names(username=self.model.normalize_username(username), email=email or "", owner_id=None)
        return super().create_superuser(username, email, _normalize(password), **extra_fields)

    def find_by_login(self, name: str) -> "User | None":
        """Return the user of that username or e-mail address, or None. Never ambiguous: see User."""
        key = fold_name(name)
        return self.filter(models.Q(username_key=key) | models.Q(email_key=key)).first()

    def find_by_email(self, email: str) -> "User | None":
        """Return the user of that e-mail address, or None."""
        return self.filter(email_key=fold_name(email)).first()

    def find_by_proven_email(self, email: str) -> "User | None":
        """Return the account whose address this was when it was proven last, or None."""
        return self.filter(proven_address__email_key=fold_name(email)).first()


# What the figure depends on: written under the person's own lock.
FIGURE_SETTINGS = frozenset({"currency", "timezone", "holiday_calendar", "leftover", "overspend", "weekday_weights"})
PROFILE = frozenset({"username", "email", "first_name", "last_name", "language"}) | FIGURE_SETTINGS
# By column, the columns that are derived from it.
_DERIVED = {
    "username": "username_key",
    "email": "email_key",
    "leftover": "leftover_chosen_on",
    "overspend": "overspend_chosen_on",
}


class User(LoadedModel, FigureSettings, AbstractUser):
    """One person with an account.

    Written by registration, by the person and by staff. `currency` is the one in which their figure is
    computed, `timezone` decides which day it is for them.

    Username and e-mail are unique without regard to case: their folded forms are stored beside them, filled
    in by save, and unique in the database. A username with an @ must be the person's own address. So no
    username is somebody else's address, and a login by either finds one person at most.
    Change names and the currency through save: `QuerySet.update` would leave the folded names as they were, and would
    convert nothing to the new currency.
    """

    email = models.EmailField("email address", max_length=EMAIL_LENGTH, blank=False)
    username_key = models.CharField(max_length=USERNAME_LENGTH, editable=False)
    email_key = models.CharField(max_length=EMAIL_LENGTH, editable=False)
    currency = CurrencyField(default="USD", help_text="ISO 4217 code of the currency that the figure is in.")
    timezone = models.CharField(max_length=64, default="UTC", help_text="IANA name, such as Europe/Berlin.")
    language = models.CharField(
        max_length=16, default="", blank=True, help_text="Language of messages, such as en; empty: not chosen."
    )
    updated_at = models.DateTimeField(auto_now=True, db_default=Now(), help_text="When the profile was last changed.")
    revision = models.BigIntegerField(
        default=0, db_default=0, editable=False, help_text="Raised by each write of the user's rows or settings."
    )
    paydays_changed_on = models.DateField(
        null=True,
        editable=False,
        help_text="The local day of the last write that may have moved paydays; null where there was none.",
    )
    kept_from = models.DateField(
        null=True,
        editable=False,
        help_text="A day of the first pay period that is kept; null: the one on which the account was made.",
    )
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised when sessions are revoked; ends those of the admin."
    )

    objects: ClassVar[UserManager] = UserManager()

    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = "user"
        constraints = [
            models.UniqueConstraint(fields=["username_key"], name="user_username_unique_ci"),
            models.UniqueConstraint(fields=["email_key"], name="user_email_unique_ci"),
            models.CheckConstraint(
                condition=~models.Q(username__contains="@") | models.Q(username_key=models.F("email_key")),
                name="user_username_no_strange_address",
            ),
            models.CheckConstraint(condition=is_currency_code("currency"), name="user_currency_code"),
            *list_setting_constraints(),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row, with the folded names, and do what follows from it in one transaction under its own lock.

        What others have written since this instance was read stays, and the instance has it afterwards.
        """
        self._fold_names()
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        with owner_transaction(self.pk) as stored:
            self.adopt(stored)
            named = kwargs.get("update_fields")
            changes_profile = self.has_changed(*(PROFILE if named is None else PROFILE.intersection(named)))
            super().save(*args, **kwargs)
            # What else happens under this lock reads the owner as stored now.
            stored.adopt(self)
            if changes_profile:
                self.revision = raise_revision(self.pk)
                self.remember(only={"revision"})

    def list_derived_fields(self, named: Collection[str]) -> set[str]:
        """Return the columns that must be written with these."""
        derived = {_DERIVED[name] for name in named if name in _DERIVED}
        return derived if PROFILE.isdisjoint(named) else {*derived, "updated_at"}

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the account with all that belongs to it."""
        with atomic_write():
            _lock_for_deletion(User.objects.filter(pk=self.pk))
            return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """Raise ValidationError for a name that this user cannot have. Forms call it."""
        super().clean()
        check_names(username=self.username, email=self.email, owner_id=self.pk)

    def set_password(self, raw_password: str | None) -> None:
        """Hash the normal form of a password. None makes the password unusable."""
        super().set_password(_normalize(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether this is the account's password.

        A hash of another form or by an older hasher is replaced on the way. That is no change of the password:
        no session ends, no event is written.
        """
        if raw_password is None:
            return False
        outdated: list[str] = []
        for form in list_password_forms(raw_password):
            if check_password(form, self.password, setter=outdated.append):
                if outdated or form != normalize_password(raw_password):
                    self._renew_hash(raw_password)
                return True
        return False

    def get_session_auth_hash(self) -> str:
        """Return what sessions of the admin must match. It changes with the password and when sessions are revoked."""
        return self._hash_for_session()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same hash for each fallback key."""
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._hash_for_session(secret=secret)

    def _hash_for_session(self, secret: str | bytes | None = None) -> str:
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("core.models.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    def _renew_hash(self, raw_password: str) -> None:
        renewed = make_password(normalize_password(raw_password))
        # Only over the hash that was checked: a password that was changed meanwhile stays.
        if User.objects.filter(pk=self.pk, password=self.password).update(password=renewed):
            self.password = renewed
            self.remember(only={"password"})

    def _fold_names(self) -> None:
        self.username_key = fold_name(self.username)
        self.email_key = fold_name(self.email)


def _normalize(password: str | None) -> str | None:
    return None if password is None else normalize_password(password)


def check_names(*, username: str, email: str, owner_id: int | None) -> None:
    """Raise ValidationError, by field, unless both names are free, storable and fit one another.

    `owner_id` is the user who may already have them; None for a new one.
    """
    errors: dict[str, ValidationError] = {}
    others = User.objects.exclude(pk=owner_id) if owner_id is not None else User.objects.all()
    username_key, email_key = fold_name(username), fold_name(email)
    # Of the normalized name, which is stored: normalizing may have made it longer, and put blanks in.
    problem = _find_problem_of_username(username)
    if problem is not None:
        errors["username"] = problem
    elif len(username_key) > USERNAME_LENGTH:
        errors["username"] = ValidationError("This username is too long.", code="max_length")
    elif "@" in username and username_key != email_key:
        errors["username"] = ValidationError("A username with an @ must be your own e-mail address.", code="invalid")
    elif others.filter(username_key=username_key).exists():
        errors["username"] = ValidationError("An account with this username exists.", code="unique")
    if has_control_character(email):
        # It would reach the headers of a mail. Django's validator lets it through in a quoted local part.
        errors["email"] = ValidationError("Enter a valid email address.", code="invalid")
    elif len(email) > EMAIL_LENGTH or len(email_key) > EMAIL_LENGTH:
        errors["email"] = ValidationError("This address is too long.", code="max_length")
    elif others.filter(email_key=email_key).exists() or others.filter(proven_address__email_key=email_key).exists():
        errors["email"] = ValidationError("An account with this email exists.", code="unique")
    if errors:
        raise ValidationError(errors)


def _find_problem_of_username(username: str) -> ValidationError | None:
    try:
        User._meta.get_field("username").run_validators(username)
    except ValidationError as error:
        return error
    return None
