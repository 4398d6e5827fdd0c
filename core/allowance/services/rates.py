"""New exchange rates, and what follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.allowance.services.bulk import BulkResult, TodayFor, refresh_foreign_plans
from core.currencies.feed import FeedDay
from core.currencies.services import FeedReport, store_rates


@dataclass(frozen=True, slots=True)
class RatesUpdate:
    """What a feed brought, and whose figures of today followed."""

    feed: FeedReport
    figures: BulkResult


def update_rates(*, days: Iterable[FeedDay], today_for: TodayFor) -> RatesUpdate:
    """Take in a feed, then bring today's figures up to date that depend on a rate.

    The figures follow even where the feed brought nothing new: a run that ended between the two steps is
    made good by the next one. Raises FeedError, and then nothing has changed.
    """
    feed = store_rates(days=days)
    return RatesUpdate(feed=feed, figures=refresh_foreign_plans(today_for=today_for))
