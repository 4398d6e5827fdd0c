"""What really happened (rule 10): payments and patches against the plan of one date.

A payment that names a date takes the place of its plan. A bill's own period gets back what was put aside for the date
up to and with it, and gives what was paid; later periods put nothing more aside. Of an income the difference to the
plan counts, in the later of the date's period and its own, and in even shares where the date is spent over several. A
patch says it beforehand; skipped is a payment of 0 on the day on which it is said. The payment takes the patch's
place; where the patch counted in a period before the payment's, it stays, and the payment counts against it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from core.allowance.domain.shares import Share, place_day
from core.allowance.domain.values import ClosedPeriod, ItemType, Patch, Payment, Place
from core.kernel.pay_periods import PayPeriod

_NOTHING = Fraction(0)


class DateStatus(StrEnum):
    """What became of one date of an item."""

    PLANNED = "planned"
    PAID = "paid"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class SettledDate:
    """What one date brings to the pay period that is looked at: its share by plan, and what happened.

    `counted` is the planned share, 0 where a payment ended it. `difference` is what payments and patches add to the
    pool of this period, `difference_before` and `difference_after` what they add to earlier and to later ones (of an
    income). `reserved` is what earlier periods hold for a bill that is still to be paid. `amount` is the whole date,
    as planned or said. `payment_id` is the payment that settles the date.
    """

    share: Share
    amount: Fraction
    counted: Fraction
    status: DateStatus
    payment_id: int | None = None
    difference: Fraction = _NOTHING
    difference_before: Fraction = _NOTHING
    difference_after: Fraction = _NOTHING
    reserved: Fraction = _NOTHING


@dataclass(frozen=True, slots=True)
class _Moment:
    """A day as seen from a date's shares: where its period lies, and how many closed periods shared before it."""

    place: Place
    closed_before: int = 0

    @property
    def order(self) -> tuple[Place, int]:
        return self.place, self.closed_before


@dataclass(frozen=True, slots=True)
class Happenings:
    """What is known of one date, as seen from a period: its payments in order, and its patch.

    `said` is the patch's amount in the person's currency, 0 for skipped.
    """

    period: PayPeriod
    closed: Sequence[ClosedPeriod]
    payments: Sequence[Payment]
    patch: Patch | None = None
    said: Fraction = _NOTHING

    @property
    def settling(self) -> Payment | None:
        """The payment that settles the date."""
        return self.payments[0] if self.payments else None

    @property
    def status(self) -> DateStatus:
        """What became of the date."""
        if self.payments:
            return DateStatus.PAID
        return DateStatus.SKIPPED if self.patch is not None and self.patch.amount is None else DateStatus.PLANNED

    def amount(self, share: Share) -> Fraction:
        """Return the whole date, as planned or said."""
        return share.whole if self.patch is None or self.patch.amount is None else self.said


def settle(*, share: Share, happenings: Happenings) -> SettledDate:
    """Return what a date brings to a period after what happened."""
    if not happenings.payments and happenings.patch is None:
        return SettledDate(
            share=share, amount=share.whole, counted=share.counted, status=DateStatus.PLANNED, reserved=share.before
        )
    if share.key.type is ItemType.INCOME:
        return _settle_income(share, happenings)
    return _settle_bill(share, happenings)


def _settle_bill(share: Share, happenings: Happenings) -> SettledDate:
    payment, patch, period = happenings.settling, happenings.patch, happenings.period
    paid_in = place_day(day=payment.day, period=period) if payment else Place.LATER
    said_in = Place.LATER
    if patch is not None:
        said_in = share.belongs if patch.amount is not None else place_day(day=patch.said_on, period=period)
    patch_stays = patch is not None and (payment is None or said_in < paid_in)
    paid = Fraction(payment.amount) if payment else _NOTHING

    ended_in, given = (said_in, happenings.said) if patch_stays else (paid_in, paid)
    counted = share.counted if ended_in >= Place.HERE else _NOTHING
    difference = share.before + counted - given if ended_in is Place.HERE else _NOTHING
    if patch_stays and payment is not None and paid_in is Place.HERE:
        difference += given - paid
    reserved = share.before
    if ended_in is Place.EARLIER:
        reserved = given if patch_stays else _NOTHING
    return SettledDate(
        share=share,
        amount=happenings.amount(share),
        counted=counted,
        status=happenings.status,
        payment_id=payment.id if payment else None,
        difference=difference,
        reserved=reserved,
    )


def _settle_income(share: Share, happenings: Happenings) -> SettledDate:
    payment, patch = happenings.settling, happenings.patch
    differences = [(_NOTHING, _NOTHING, _NOTHING)]
    expected = None
    if patch is not None:
        # Closed periods may have shared a date that has been moved to this one or to a later one since.
        said_on = _Moment(Place.EARLIER if share.shared_by else share.belongs)
        if patch.amount is None:
            said_on = max(said_on, _find_moment(patch.said_on, share, happenings), key=lambda moment: moment.order)
        if payment is None or said_on.order < _find_moment(payment.day, share, happenings).order:
            differences.append(_spread(happenings.said, None, share, said_on))
            expected = happenings.said
    if payment is not None:
        paid_on = _find_moment(payment.day, share, happenings)
        differences.append(_spread(Fraction(payment.amount), expected, share, paid_on))
    before, now, after = (sum(parts, _NOTHING) for parts in zip(*differences, strict=True))
    return SettledDate(
        share=share,
        amount=happenings.amount(share),
        counted=share.counted,
        status=happenings.status,
        payment_id=payment.id if payment else None,
        difference=now,
        difference_before=before,
        difference_after=after,
    )


def _find_moment(day: date, share: Share, happenings: Happenings) -> _Moment:
    place = place_day(day=day, period=happenings.period)
    if place is not Place.EARLIER:
        return _Moment(place)
    lines = [line for closed in happenings.closed if closed.period.contains(day) for line in closed.lines]
    return _Moment(place, closed_before=sum(len(line.shared_by) for line in lines if line.key == share.key))


def _spread(
    actual: Fraction, expected: Fraction | None, share: Share, start: _Moment
) -> tuple[Fraction, Fraction, Fraction]:
    """Return which parts of a difference earlier periods count, this one, and later ones.

    It is the difference of an actual amount to an expected one, or to the plan (None). It is shared as the date is, by
    the periods from the later of the date's own and the one of `start`: each closed one has taken its part of what was
    left of the difference to the plan of then. Where the date has no period left it counts in that of `start`.
    """
    total = actual - (share.whole if expected is None else expected)
    taken = _NOTHING
    if start.place is Place.EARLIER:
        for periods, whole in share.shared_by[start.closed_before :]:
            left = actual - (whole if expected is None else expected) - taken
            taken += left / periods if periods else _NOTHING
    if Place.LATER in (start.place, share.belongs):
        return taken, _NOTHING, total - taken
    if not share.periods_left:
        return (_NOTHING, total, _NOTHING) if start.place is Place.HERE else (total, _NOTHING, _NOTHING)
    now = (total - taken) / share.periods_left
    return taken, now, total - taken - now
