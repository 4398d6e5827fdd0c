"""What many tests of the API do: stand at noon of a day, add a row."""

import datetime
from typing import Any

from rest_framework.test import APIClient


def noon(day: str) -> datetime.datetime:
    """Noon of a day in UTC."""
    return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(12), tzinfo=datetime.UTC)


def add(client: APIClient, name_of_list: str, **values: Any) -> dict[str, Any]:
    """Add a row over the API, and return it as the API shows it."""
    answer = client.post(f"/api/{name_of_list}/", values, format="json")
    assert answer.status_code == 201, answer.content
    row: dict[str, Any] = answer.json()
    return row
