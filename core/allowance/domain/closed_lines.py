"""The lines of a closed pay period as they are stored: exact fractions as text, dates as ISO text."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from core.allowance.domain.values import ClosedLine, DateKey, ItemType, Place, Sharing


def dump_line(*, line: ClosedLine) -> dict[str, Any]:
    """Return a line as values that JSON can hold."""
    key = line.key
    return {
        "key": None if key is None else [key.type.value, key.item_id, key.on_date.isoformat()],
        "type": line.type.value,
        "id": line.item_id,
        "name": line.name,
        "date": line.on_date.isoformat(),
        "effective_date": line.effective_date.isoformat(),
        "amount": str(line.amount),
        "before": str(line.before),
        "for_later": str(line.for_later),
        "part": line.part,
        "periods_left": line.periods_left,
        "belongs": int(line.belongs),
        "shared_by": [[sharing.periods, str(sharing.whole)] for sharing in line.shared_by],
    }


def load_line(*, stored: Mapping[str, Any]) -> ClosedLine:
    """Return the line that was stored."""
    key = stored["key"]
    return ClosedLine(
        key=None if key is None else DateKey(ItemType(key[0]), key[1], date.fromisoformat(key[2])),
        type=ItemType(stored["type"]),
        item_id=stored["id"],
        name=stored["name"],
        on_date=date.fromisoformat(stored["date"]),
        effective_date=date.fromisoformat(stored["effective_date"]),
        amount=Fraction(stored["amount"]),
        before=Fraction(stored["before"]),
        for_later=Fraction(stored["for_later"]),
        part=stored["part"],
        periods_left=stored["periods_left"],
        belongs=Place(stored["belongs"]),
        shared_by=tuple(Sharing(periods, Fraction(whole)) for periods, whole in stored["shared_by"]),
    )


def convert_line(*, line: ClosedLine, rate: Fraction) -> ClosedLine:
    """Return a line in another currency, unrounded; `rate` is what one unit of its own is worth."""
    return replace(
        line,
        amount=line.amount * rate,
        before=line.before * rate,
        for_later=line.for_later * rate,
        shared_by=tuple(Sharing(sharing.periods, sharing.whole * rate) for sharing in line.shared_by),
    )
