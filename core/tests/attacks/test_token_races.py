"""Calls with one token or link that all have looked before any of them has acted."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db import transaction as db_transaction
from django.db.models import F
from rest_framework.test import APIClient

from core.models import Session, User
from core.tests.support.factories import UserFactory
from core.tests.support.logins import ME, REFRESH, client_with, is_taken, log_in

SECONDS_TO_LOOK = 0.5


def send_together(calls):
    """The statuses of calls that read what they need, and are then held until all have read it."""

    def send(call):
        try:
            return call().status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        with db_transaction.atomic():
            # Holds every writer off, and no reader: on SQLite the whole database, on PostgreSQL these rows.
            Session.objects.update(created_at=F("created_at"))
            answers = [threads.submit(send, call) for call in calls]
            time.sleep(SECONDS_TO_LOOK)
        return sorted(answer.result() for answer in answers)


@pytest.mark.django_db(transaction=True)
def test_of_refreshes_that_all_saw_a_good_token_one_wins():
    refresh = log_in(UserFactory.create(username="alice"))["refresh"]

    statuses = send_together([lambda: APIClient().post(REFRESH, {"refresh": refresh})] * 4)

    assert statuses == [200, 401, 401, 401]
    # A race is no theft: the winner's session lives.
    assert Session.objects.get().revoked_at is None
    assert User.objects.get().session_epoch == 0


@pytest.mark.django_db(transaction=True)
def test_a_pair_is_either_used_first_or_void_never_both():
    """The answer that brought a pair is taken to be lost, while the pair is used for the first time."""
    alice = UserFactory.create(username="alice")
    first = log_in(alice)["refresh"]
    pair = APIClient().post(REFRESH, {"refresh": first}).json()
    Session.objects.update(retired={})

    used, traded = [], []
    send_together(
        [
            lambda: used.append(client_with(pair["access"]).get(ME)) or used[0],
            lambda: traded.append(APIClient().post(REFRESH, {"refresh": first})) or traded[0],
        ]
    )

    assert sorted([used[0].status_code, traded[0].status_code]) == [200, 401]
    assert traded[0].json().get("code") in (None, "refresh_raced")
    assert is_taken(pair["access"]) is (used[0].status_code == 200)
    assert Session.objects.get().revoked_at is None
