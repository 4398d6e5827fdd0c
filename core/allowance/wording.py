"""The sentences that explain a figure."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.allowance.domain.results import CountedItem, Reason


def describe(part: CountedItem) -> str:
    """Return why an item counts what it counts, as one sentence."""
    dates, parts = len(part.dates), part.dates[0].parts if part.dates else 0
    values = {"day": part.on_date, "dates": dates, "parts": parts}
    if part.reason is Reason.DATES_IN_PERIOD:
        return (
            ngettext("It falls once in this pay period.", "It falls %(dates)d times in this pay period.", dates)
            % values
        )
    if part.reason is Reason.PUT_ASIDE:
        return (
            ngettext(
                "The bill of %(day)s is put aside for on this payday alone.",
                "The bill of %(day)s is put aside for on %(parts)d paydays; this is one of them.",
                parts,
            )
            % values
        )
    if part.reason is Reason.SPREAD:
        return (
            ngettext(
                "What arrived on %(day)s is spent in this pay period alone.",
                "What arrived on %(day)s is spent over %(parts)d pay periods; this is one of them.",
                parts,
            )
            % values
        )
    return {
        Reason.NO_DATE_IN_PERIOD: _("None of its dates that count falls in this pay period."),
        Reason.PUT_ASIDE_LATER: _("Putting aside for the bill of %(day)s begins on a later payday."),
        Reason.NOT_YET_ARRIVED: _("It is spent after it arrives, first on %(day)s."),
        Reason.ONCE_IN_PERIOD: _("It arrives once, on %(day)s, in this pay period."),
        Reason.ONCE_OUTSIDE: _("It arrives once, on %(day)s, in another pay period."),
        Reason.BEFORE_ADDED: _("Its only date, %(day)s, lies before the pay period in which it was added."),
        Reason.PAST: _("Its only date, %(day)s, lies before this pay period."),
        Reason.ENDED: _("It has ended; no date is left that counts."),
        Reason.OVER: _("It was over when the balance was stated: the amount stated contains it already."),
        Reason.PERCENTAGE: _("This part of all income is saved."),
    }[part.reason] % values


def describe_old_rate(rate_date: date) -> str:
    """Return the sentence for an amount converted at a rate that is more than a week old."""
    return _("The exchange rate is an old one, of %(day)s.") % {"day": rate_date}
