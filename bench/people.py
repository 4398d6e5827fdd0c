"""The measured users, and their tokens."""

import datetime
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connections

from bench import data
from bench.load import CONNECTIONS, PASSWORD, call
from bench.servers import Server


@dataclass
class People:
    """`many`, one for each connection; `hot`, on whom all connections meet; `rich` and `empty` in history."""

    many: list[Any]
    hot: Any
    rich: Any
    empty: Any
    today: datetime.date
    tokens: dict[int, str] = field(default_factory=dict)

    @property
    def everybody(self) -> list[Any]:
        """Return all users."""
        return [*self.many, self.hot, self.rich, self.empty]

    def token_of(self, person: Any) -> str:
        """Return the access token of a user."""
        return self.tokens[person.pk]

    def log_in(self, server: Server) -> None:
        """Log everybody in, and make their rows of today."""
        for person in self.everybody:
            body = {"username": person.username, "password": PASSWORD}
            self.tokens[person.pk] = call(server, "POST", "/api/auth/jwt/create/", body=body)["access"]
            call(server, "GET", "/api/allowance/today/", token=self.tokens[person.pk])

    def write_tokens(self, path: Path, persons: list[Any]) -> Path:
        """Write the tokens of some users into a file for the load. Return its path."""
        path.write_text("\n".join(self.token_of(person) for person in persons) + "\n", encoding="ascii")
        return path

    def clear_today(self) -> None:
        """Delete everybody's purchases of today."""
        data.forget_purchases([person.pk for person in self.everybody], today=self.today)

    def give_history(self, *, rows: int) -> None:
        """Give `rich` this many purchases before today."""
        data.make_history(self.rich, rows=rows, days=min(1000, rows // 100), today=self.today)
        data.settle()


def make_everybody(*, today: datetime.date) -> People:
    """People with a household each, in the database that Django is connected to."""
    password_hash = data.hash_password()
    many = data.make_people(prefix="load", count=CONNECTIONS, password_hash=password_hash)
    hot, rich, empty = data.make_people(prefix="single", count=3, password_hash=password_hash)
    people = People(many=many, hot=hot, rich=rich, empty=empty, today=today)
    for person in people.everybody:
        data.make_household(person, today=today)
    data.settle()
    connections.close_all()
    return people
