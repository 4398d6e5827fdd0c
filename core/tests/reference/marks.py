"""Record which rules a world exercises, so that the generator can count them."""

SEEN: set[str] = set()


def mark(name: str) -> None:
    """Record that a rule made a difference. Names begin with the rule's number."""
    SEEN.add(name)
