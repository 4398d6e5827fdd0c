"""What the reference says of a day against what `today/` and `explain/` say. Both are put into the same words."""

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

from core.tests.comparison.person import Person
from core.tests.reference.figure import Figure
from core.tests.reference.generator import Check
from core.tests.reference.world import DECIMALS, Key, round_half_even

Words = dict[str, Any]
_SUMS = ("income", "expenses", "savings", "differences")
_AMOUNTS = ("own_pool", "carried", "repaid", "due", "pool", "spent_before", "amount")
_TODAYS = ("spent", "left", "status", "shortfall", "tomorrow")
_NOT_MONEY = ("status",)


def list_differences(person: Person, check: Check, currency: str) -> list[str]:
    """Ask the product for a figure, and return a line for each difference to the reference's."""
    figure, unit = check.figure, Fraction(1, 10 ** DECIMALS[currency])
    person.set_day(check.today)
    explained = person.get(f"allowance/explain/?date={figure.date}")
    is_today = figure.date == check.today
    answered = read_explanation(person, explained)
    expected = describe_figure(person, figure, unit)
    if is_today:
        answered |= read_today(person.get("allowance/today/"))
        expected |= {name: getattr(figure, name) for name in _TODAYS} | {"remaining": figure.remaining}
    if figure.end <= check.today:
        # A closed pay period keeps how it shared a date; what a date has become since is told in other words.
        for words in (answered, expected):
            words["dates"] = {key: row[:4] for key, row in words["dates"].items()}
        # The reference keeps the percentages of one in a sum, which `savings` compares.
        answered["counted"] = {
            item: amount
            for item, amount in answered["counted"].items()
            if item[0] != "savings-goal" or item in expected["counted"]
        }
    differences = [
        f"{name}: {answered[name]} is not {expected[name]}"
        for name in expected
        if name not in ("dates", "counted", "lines") and answered[name] != expected[name]
    ]
    for name in ("dates", "counted"):
        keys = sorted({*answered[name], *expected[name]})
        different = [key for key in keys if answered[name].get(key) != expected[name].get(key)]
        differences += [
            f"{name} of {key}: {answered[name].get(key)} is not {expected[name].get(key)}" for key in different
        ]
    return differences + compare_lines(answered["lines"], expected["lines"], unit, expected["pool"])


def describe_figure(person: Person, figure: Figure, unit: Fraction) -> Words:
    """The reference's figure."""
    previous = figure.previous
    return {
        "start": figure.start,
        "end": figure.end,
        "days_left": figure.days_left,
        "share": Fraction(figure.weight, figure.weights_left),
        **{name: round_half_even(getattr(figure, name), unit) for name in _SUMS},
        **{name: getattr(figure, name) for name in _AMOUNTS},
        "reconciliation": figure.reconciliation,
        "over": sorted(figure.over) if figure.reconciliation and not person_is_past(person, figure.end) else [],
        "previous": None if previous is None else (previous.pool, previous.spent, previous.left, previous.owed),
        "counted": {item: amount for item, exact in figure.counted.items() if (amount := round_half_even(exact, unit))},
        "dates": describe_dates(person, figure, unit),
        "unplanned": [place for place in figure.unplanned if not came_before(person, place, figure)],
        "lines": list_exact_lines(figure),
    }


def person_is_past(person: Person, end: date) -> bool:
    """Whether a pay period has closed."""
    return person.today is not None and end <= person.today


def came_before(person: Person, place: int, figure: Figure) -> bool:
    """Whether a transaction was made before the reconciliation that counts: what is over is left out."""
    if figure.reconciliation is None:
        return False
    stated_on = person.dates[figure.reconciliation]
    return (person.dates[place], place) < (stated_on, figure.reconciliation)


def describe_dates(person: Person, figure: Figure, unit: Fraction) -> dict[Key, tuple[Any, ...]]:
    """The dates that a pay period counts, without those that are over and those that bring it nothing."""
    dates = {}
    for item, rows in figure.dates.items():
        for row in rows:
            is_over = row.transaction is not None and came_before(person, row.transaction, figure)
            counted, difference = round_half_even(row.counted, unit), round_half_even(row.difference, unit)
            if (counted or difference) and not is_over and (*item, row.date) not in figure.over:
                shares = (row.part, row.parts) if row.counted else None
                dates[(*item, row.date)] = (counted, difference, row.status, row.transaction, row.effective, shares)
    return dates


def list_exact_lines(figure: Figure) -> Counter[Any]:
    """The lines of a reconciliation by what and where they come from: differences, and percentages, in one each."""
    lines: Counter[Any] = Counter()
    for part in figure.lines:
        if part.what != "rounding":
            lines[part.what, None if part.what == "difference" else part.key] += part.amount
    return lines


def read_explanation(person: Person, explained: Any) -> Words:
    """What `explain/` says."""
    stated = explained["reconciliation"]
    previous = explained["previous"]
    dates = {}
    for item in explained["items"]:
        for row in item["dates"]:
            counted, difference = Fraction(row["counted"]), Fraction(row["difference"])
            if counted or difference:
                place = person.find_place("transaction", row["transaction"])
                dates[(*find_item(person, item), date.fromisoformat(row["date"]))] = (
                    counted,
                    difference,
                    row["status"],
                    None if place is None else place[1],
                    date.fromisoformat(row["effective_date"]),
                    (row["part"], row["parts"]) if counted else None,
                )
    end = date.fromisoformat(explained["period"]["end"])
    return {
        "start": date.fromisoformat(explained["period"]["start"]),
        "end": end,
        "days_left": explained["days_left"],
        "share": Fraction(explained["weight"], explained["weights_left"]),
        **{name: Fraction(explained[name]) for name in (*_SUMS, *_AMOUNTS)},
        "reconciliation": None if stated is None else person.places["reconciliation", stated["id"]],
        "over": read_over(person, stated) if stated is not None and not person_is_past(person, end) else [],
        "previous": None
        if previous is None
        else tuple(Fraction(previous[name]) for name in ("pool", "spent", "left", "due")),
        "counted": {
            find_item(person, item): Fraction(item["counted"])
            for item in explained["items"]
            if item["id"] is not None and Fraction(item["counted"])
        },
        "dates": dates,
        "unplanned": sorted(person.places["transaction", row["transaction"]] for row in explained["unplanned"]),
        "lines": read_lines(person, stated) if stated is not None else Counter(),
    }


def find_item(person: Person, item: Any) -> tuple[str, int]:
    """What an item is called in the log."""
    return item["type"], person.places[item["type"], item["id"]]


def read_over(person: Person, stated: Any) -> list[Key]:
    """What was taken to be over."""
    return sorted((*find_item(person, row), date.fromisoformat(row["occurrence"])) for row in stated["over"])


def read_lines(person: Person, stated: Any) -> Counter[Any]:
    """The lines of a reconciliation, as `list_exact_lines` puts them."""
    lines: Counter[Any] = Counter()
    for row in stated["lines"]:
        what, amount = row["what"], Fraction(row["amount"])
        if what == "rounding":
            continue
        if what == "for_later" and amount > 0:
            # What earlier pay periods counted of an income that is not over.
            what = "income"
        key = None
        if what != "difference" and row["occurrence"] is not None:
            key = (*find_item(person, row), date.fromisoformat(row["occurrence"]))
        lines[what, key] += amount
    return lines


def compare_lines(answered: Counter[Any], expected: Counter[Any], unit: Fraction, pool: Fraction) -> list[str]:
    """Each line is rounded: several in one may be off by half a minor unit each."""
    several = 10
    return [
        f"line {what} of {key}: {answered[what, key]} is not {expected[what, key]}"
        for what, key in {*answered, *expected}
        if abs(answered[what, key] - expected[what, key]) > (unit if key is not None else several * unit)
    ]


def read_today(answer: Any) -> Words:
    """What `today/` says."""
    said = {name: answer[name] if name in _NOT_MONEY else Fraction(answer[name]) for name in _TODAYS}
    return said | {"remaining": Fraction(answer["remaining_amount"]), "amount": Fraction(answer["amount"])}
