"""Store new exchange rates, and refresh the figures that depend on them."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.allowance.services.bulk import BulkResult, TodayFor, refresh_foreign_plans
from core.currencies.feed import FeedDay
from core.currencies.services import FeedReport, store_rates


@dataclass(frozen=True, slots=True)
class RatesUpdate:
    """What was stored of a feed, and how many figures were refreshed."""

    feed: FeedReport
    figures: BulkResult


def update_rates(*, days: Iterable[FeedDay], today_for: TodayFor) -> RatesUpdate:
    """Store the rates of a feed, then refresh today's figures that depend on a rate.

    The figures are refreshed even where the feed has nothing new, because an earlier run may have ended between the
    two steps. Raises FeedError, and then nothing has changed.
    """
    feed = store_rates(days=days)
    return RatesUpdate(feed=feed, figures=refresh_foreign_plans(today_for=today_for))
