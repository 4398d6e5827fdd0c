"""`manage.py seed_demo`: a demo household with a year of purchases."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction as db_transaction
from tqdm import tqdm

from core import clock
from core.allowance.domain.values import Covers
from core.allowance.services import StatedAmount, record_reconciliation, refreshing_once
from core.ledger.services import record_transactions
from core.management.demo_household import (
    BALANCE,
    CURRENCY,
    EXPENSES,
    GOALS,
    INCOMES,
    TARGET,
    TIMEZONE,
    get_first_day,
    list_purchases,
    list_rent_payments,
)
from core.models import Expense, Income, SavingsGoal, Transaction, User
from core.models.user import check_names

_STAFF_SUFFIX = "-staff"


class _Bar(tqdm):
    # Without tqdm's monitor thread: the server is forked from this process.
    monitor_interval = 0


class Command(BaseCommand):
    """Make a demo account with a year of purchases, once.

    An account of that name that exists already is left as it is, password included. A password that is not
    given is drawn at random and kept in the file `demo-login` in DATA_DIR, readable by its owner alone.
    """

    help = "Make a demo household with a year of purchases; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the names and the seed of the random purchases."""
        parser.add_argument("--username", default="demo", help="name of the account (default: demo)")
        parser.add_argument("--password", help="its password (default: drawn at random, kept in DATA_DIR/demo-login)")
        parser.add_argument("--seed", type=int, default=1, help="seed of the random purchases (default: 1)")
        parser.add_argument(
            "--staff",
            action="store_true",
            help="also make a member of staff, <username>-staff, for /admin/; meant for a machine of one's own",
        )

        parser.add_argument(
            "--deactivate",
            action="store_true",
            help="make nothing, and deactivate each demo account that still has the password that was drawn for it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the accounts that are missing, and print how to log in. Raises CommandError."""
        logins = Logins(Path(settings.DATA_DIR) / "demo-login")
        if options["deactivate"]:
            self._deactivate(logins)
            return
        names = [options["username"]]
        if options["staff"]:
            # Of an address the part before the @: another name with an @ would have to be an address too.
            names.append(options["username"].partition("@")[0] + _STAFF_SUFFIX)
        for name in names:
            is_staff = name != names[0]
            user = User.objects.filter(username__iexact=name).first()
            if user is None:
                # The same password for the member of staff would let one guess open both.
                given = None if is_staff else options["password"]
                _check_names(name)
                password = given or logins.find(name) or secrets.token_urlsafe(12)
                if given is None:
                    # Written before the account is made: a crash in between loses nothing.
                    logins.keep(name, password)
                with db_transaction.atomic():
                    user = _make_user(username=name, password=password, is_staff=is_staff)
                    if not is_staff:
                        self._furnish(user=user, seed=options["seed"], quiet=options["verbosity"] == 0)
            else:
                password = logins.find(user.username)
            self._print_login(user, password, is_staff=is_staff)

    def _deactivate(self, logins: "Logins") -> None:
        for user in User.objects.filter(username__in=logins.list_names(), is_active=True):
            if user.check_password(logins.find(user.username)):
                user.is_active = False
                user.save(update_fields=["is_active"])
                self.stdout.write(f"Deactivated: {user.username}, a demo account; other machines reach this server.")

    def _furnish(self, *, user: User, seed: int, quiet: bool) -> None:
        today = clock.today_for(user)
        first_day = get_first_day(today=today)
        with _Bar(total=3, desc="Demo household", unit="step", disable=quiet or None, leave=False, delay=1) as progress:
            _make_plan(user=user, first_day=first_day)
            # The account is as old as what is in it, so that its pay periods close as they would have. Not before the
            # plan is there: they would close by a plan without anything in it.
            user.date_joined = datetime.combine(first_day, time(12), tzinfo=UTC)
            user.save(update_fields=["date_joined"])
            progress.update()
            entries = list(list_purchases(seed=seed, first_day=first_day, today=today))
            progress.update()
            record_transactions(owner=user, entries=entries, today=today)
            _pay_rent(user=user, first_day=first_day, today=today)
            stated = StatedAmount(amount=BALANCE, covers=Covers.BALANCE, note="as the bank says")
            record_reconciliation(user_id=user.pk, stated=stated, today=today)
            progress.update()

    def _print_login(self, user: User, password: str | None, *, is_staff: bool) -> None:
        what = "Demo staff" if is_staff else "Demo login"
        if not user.is_active:
            self.stdout.write(f"{what}: {user.username} (deactivated)")
        elif password is None or not user.check_password(password):
            self.stdout.write(f"{what}: {user.username} (its password is not the one that this command gave it)")
        else:
            self.stdout.write(f"{what}: {user.username} / {password}")


class Logins:
    """Return the file of the demo's passwords: a line `name password` each."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _read(self) -> dict[str, str]:
        if not self.path.exists():
            return {}
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return dict(line.split(" ", 1) for line in lines if " " in line)

    def list_names(self) -> list[str]:
        """Return the names that a password was kept for."""
        return list(self._read())

    def find(self, username: str) -> str | None:
        """Return the password that was kept for this name, or None."""
        return self._read().get(username)

    def keep(self, username: str, password: str) -> None:
        """Add or replace a line. Raises CommandError where the file cannot be written."""
        logins = {**self._read(), username: password}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            self.path.chmod(0o600)
            self.path.write_text("".join(f"{name} {kept}\n" for name, kept in logins.items()), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{self.path} cannot be written: {error.strerror}") from error


def _make_address(username: str) -> str:
    return username if "@" in username else f"{username}@example.org"


def _check_names(username: str) -> None:
    """Raise CommandError for a name that an account cannot have."""
    try:
        User._meta.get_field("username").clean(username, None)
        check_names(username=username, email=_make_address(username), owner_id=None)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


def _make_user(*, username: str, password: str, is_staff: bool) -> User:
    return User.objects.create_user(
        username=username,
        email=_make_address(username),
        password=password,
        currency=CURRENCY,
        timezone=TIMEZONE,
        is_staff=is_staff,
        is_superuser=is_staff,
    )


def _make_plan(*, user: User, first_day: date) -> None:
    """Store the household's plan, as added a year ago, with one refresh."""
    with refreshing_once(user_id=user.pk):
        for entry in INCOMES:
            Income.objects.create(
                user=user,
                name=entry.name,
                amount=entry.amount,
                frequency=entry.frequency,
                next_payment_date=entry.anchor(first_day=first_day),
                adjust=entry.adjust,
                added_on=first_day,
            )
        for entry in EXPENSES:
            Expense.objects.create(
                user=user,
                name=entry.name,
                amount=entry.amount,
                frequency=entry.frequency,
                due_date=entry.anchor(first_day=first_day),
                adjust=entry.adjust,
                added_on=first_day,
            )
        for name, percentage in GOALS:
            SavingsGoal.objects.create(user=user, name=name, percentage=percentage, added_on=first_day)
        SavingsGoal.objects.create(
            user=user,
            name=TARGET.name,
            target_amount=TARGET.amount,
            target_date=TARGET.anchor(first_day=first_day),
            added_on=first_day,
        )


def _pay_rent(*, user: User, first_day: date, today: date) -> None:
    """Record the last rents as they were paid."""
    rent = Expense.objects.get(user=user, name="Rent")
    for due, amount in list_rent_payments(first_day=first_day, today=today):
        Transaction.objects.create(
            user=user,
            date=due,
            amount=amount,
            kind=Transaction.Kind.BILL,
            expense=rent,
            occurrence=due,
            category="home",
        )
