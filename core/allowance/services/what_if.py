"""Compare the figure with what it would be after some changes, which are made and taken back."""

from collections.abc import Callable
from datetime import date
from itertools import islice

from django.db import transaction as db_transaction

from core.allowance.domain.figure import calculate_day
from core.allowance.domain.path import Comparison, find_last_day, follow_periods, move_to
from core.allowance.queries import load_running_snapshot
from core.allowance.services.projection import open_day
from core.db.locks import noting_revision, owner_transaction
from core.kernel.errors import DomainError
from core.models import User


def compare_figures(
    *, user_id: int, today: date, day: date, period_count: int, make_changes: Callable[[User], None]
) -> Comparison:
    """Return what `make_changes` would do to the figure of today or a later day. Nothing of it stays.

    `make_changes` writes rows of the owner that it is given, as any write does. A later day is as on the path if each
    day before it spends its amount. Raises DomainError on the field `date`, and what `make_changes` raises.
    """
    last_day = find_last_day(today=today)
    if not today <= day <= last_day:
        raise DomainError(f"Must lie from {today} to {last_day}.", code="date_out_of_range", field="date")
    # The revision that the changes raise is taken back with them.
    with noting_revision(), owner_transaction(user_id) as owner:
        # Pay periods that are over close by the plan as it is, and that stays.
        open_day(owner=owner, today=today)
        before = move_to(snapshot=load_running_snapshot(owner=owner, today=today), day=day)
        with db_transaction.atomic():
            make_changes(owner)
            after = move_to(snapshot=load_running_snapshot(owner=owner, today=today), day=day)
            db_transaction.set_rollback(True)
    periods = follow_periods(snapshot=after, until=date.max, pace=None)
    return Comparison(
        before=calculate_day(snapshot=before, day=day),
        after=calculate_day(snapshot=after, day=day),
        periods=tuple(islice(periods, period_count)),
    )
