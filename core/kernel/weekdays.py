"""Weights of the days of a week: how much of what is left a day gets."""

DAYS_OF_A_WEEK = 7
LARGEST_WEIGHT = 10
EVEN_WEIGHTS = (1,) * DAYS_OF_A_WEEK


def are_weekday_weights(value: object) -> bool:
    """Return whether this is a list of seven whole numbers from 0 to 10, not all 0. Monday comes first."""
    return (
        isinstance(value, list)
        and len(value) == DAYS_OF_A_WEEK
        and all(type(weight) is int and 0 <= weight <= LARGEST_WEIGHT for weight in value)
        and any(value)
    )
