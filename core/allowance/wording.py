"""The sentences that explain a figure."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.allowance.domain.happened import DateStatus
from core.allowance.domain.results import CountedDate, CountedItem, Reason
from core.allowance.domain.values import ItemType


def describe(part: CountedItem) -> str:
    """Return why an item counts what it counts, and what became of its dates, in sentences."""
    sentences = [_describe_reason(part), *_describe_dates(part.dates)]
    if part.is_deleted:
        sentences.append(_("It is deleted."))
    return " ".join(sentences)


def _describe_reason(part: CountedItem) -> str:
    dates = len(part.dates)
    number, parts = (part.dates[0].part, part.dates[0].parts) if part.dates else (0, 0)
    values = {"day": part.on_date, "dates": dates, "number": number, "parts": parts}
    if part.reason is Reason.DATES_IN_PERIOD:
        return (
            ngettext("It falls once in this pay period.", "It falls %(dates)d times in this pay period.", dates)
            % values
        )
    if part.reason is Reason.PUT_ASIDE and part.type is ItemType.SAVINGS_GOAL:
        return (
            ngettext(
                "The target of %(day)s is put aside for on this payday alone.",
                "The target of %(day)s is put aside for on %(parts)d paydays; this is number %(number)d.",
                parts,
            )
            % values
        )
    if part.reason is Reason.PUT_ASIDE:
        return (
            ngettext(
                "The bill of %(day)s is put aside for on this payday alone.",
                "The bill of %(day)s is put aside for on %(parts)d paydays; this is number %(number)d.",
                parts,
            )
            % values
        )
    if part.reason is Reason.SPREAD:
        return (
            ngettext(
                "What arrived on %(day)s is spent in this pay period alone.",
                "What arrived on %(day)s is spent over %(parts)d pay periods; this is number %(number)d.",
                parts,
            )
            % values
        )
    if part.reason is Reason.PAST and part.type is ItemType.SAVINGS_GOAL:
        return _("Its target date, %(day)s, lies before this pay period.") % values
    return {
        Reason.NO_DATE_IN_PERIOD: _("None of its dates that count falls in this pay period."),
        Reason.PUT_ASIDE_LATER: _("Putting aside for the bill of %(day)s begins on a later payday."),
        Reason.NOT_YET_ARRIVED: _("It is spent after it arrives, first on %(day)s."),
        Reason.ONCE_IN_PERIOD: _("It arrives once, on %(day)s, in this pay period."),
        Reason.ONCE_OUTSIDE: _("It arrives once, on %(day)s, in another pay period."),
        Reason.BEFORE_ADDED: _("Its only date, %(day)s, lies before the pay period in which it was added."),
        Reason.PAST: _("Its only date, %(day)s, lies before this pay period."),
        Reason.ENDED: _("It has ended; no date is left that counts."),
        Reason.OVER: _("It was over when the amount was stated: that amount contains it already."),
        Reason.PERCENTAGE: _("This part of all income is saved."),
        Reason.KEPT_PERCENTAGE: _("The goals' percentages were others when this pay period closed."),
    }[part.reason] % values


def _describe_dates(dates: tuple[CountedDate, ...]) -> list[str]:
    """Return a sentence on each thing that became of some of the dates."""
    paid = [one for one in dates if one.status is DateStatus.PAID]
    skipped = [one for one in dates if one.status is DateStatus.SKIPPED]
    # Nothing but another amount that was said makes a difference of a date that is still planned.
    other = [one for one in dates if one.status is DateStatus.PLANNED and one.difference]
    moved = [one for one in dates if one.effective_date != one.key.on_date]
    sentences = []
    if paid:
        sentences.append(
            ngettext("That of %(day)s is paid.", "%(count)d of its dates are paid.", len(paid)) % _name(paid)
        )
    if skipped:
        sentences.append(
            ngettext("That of %(day)s is skipped.", "%(count)d of its dates are skipped.", len(skipped))
            % _name(skipped)
        )
    if other:
        sentences.append(
            ngettext(
                "Another amount was said for that of %(day)s.",
                "Another amount was said for %(count)d of its dates.",
                len(other),
            )
            % _name(other)
        )
    if moved:
        sentences.append(
            ngettext(
                "That of %(day)s takes effect on a working day, %(effective_day)s.",
                "%(count)d of its dates take effect on a working day before or after.",
                len(moved),
            )
            % _name(moved)
        )
    return sentences


def _name(dates: list[CountedDate]) -> dict[str, object]:
    return {"day": dates[0].key.on_date, "effective_day": dates[0].effective_date, "count": len(dates)}


def describe_old_rate(rate_date: date) -> str:
    """Return the sentence for an amount converted at a rate that is more than a week old."""
    return _("The exchange rate is an old one, of %(day)s.") % {"day": rate_date}
