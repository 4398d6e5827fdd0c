"""Counting, in each store."""

import datetime
import os
import secrets
import time
from contextlib import suppress
from contextvars import copy_context

import pytest
from django.conf import settings as django_settings
from redis import Redis
from redis.exceptions import RedisError

from core.clock import frozen
from core.kernel.limits import Limit
from core.limits import counters
from core.limits.counter import make_counter
from core.limits.counters import give_back, hit
from core.limits.database_store import delete_expired
from core.models import ThrottleCounter
from core.tests.conftest import NOON
from core.tests.support.servers import leave_out

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
NOWHERE = "redis://127.0.0.1:1/0"

THREE_A_MINUTE = Limit(calls=3, seconds=60)


@pytest.fixture(params=["database", "redis", "redis away"])
def store(request, settings, db):
    """The store that counts: each in turn."""
    settings.REDIS_URL = {"database": "", "redis": REDIS_URL, "redis away": NOWHERE}[request.param]
    if request.param == "redis":
        try:
            Redis.from_url(REDIS_URL).ping()
        except RedisError:
            leave_out("no Redis answers at TEST_REDIS_URL")
    yield request.param
    counters.get_redis_store.cache_clear()


def new_counter(limit=THREE_A_MINUTE):
    """A counter that nothing has counted on yet."""
    return make_counter("test", secrets.token_hex(8), limit=limit)


def test_a_window_lets_its_calls_through_and_tells_the_next_how_long_to_wait(store):
    counter = new_counter()

    answers = [hit(counter) for _ in range(5)]

    assert answers[:3] == [None, None, None]
    assert [55 <= wait <= 60 for wait in answers[3:]] == [True, True]


def test_the_wait_is_true(store):
    counter = new_counter(Limit(calls=1, seconds=1))

    first, second = hit(counter), hit(counter)
    time.sleep(second)

    assert (first, second, hit(counter)) == (None, 1, None)


def test_a_refused_call_counts_on_none_of_its_counters(store):
    full, open_ = new_counter(Limit(calls=1, seconds=60)), new_counter(Limit(calls=2, seconds=60))
    hit(full, open_)

    refused = [hit(open_, full) for _ in range(5)]

    assert None not in refused
    assert hit(open_) is None
    assert hit(open_) is not None


def test_a_call_that_is_given_back_does_not_count(store):
    counter = new_counter()
    for _ in range(3):
        hit(counter)

    give_back(counter)

    assert hit(counter) is None
    assert hit(counter) is not None


def test_giving_back_more_than_was_counted_opens_no_door(store):
    counter = new_counter()

    give_back(counter)
    give_back(counter)

    assert [hit(counter) is None for _ in range(4)] == [True, True, True, False]


def test_a_window_that_is_over_starts_anew_in_the_database(db, clock):
    counter = new_counter()
    for _ in range(4):
        hit(counter)

    clock.move_to(NOON + datetime.timedelta(seconds=59))
    at_the_end = hit(counter)
    clock.move_to(NOON + datetime.timedelta(seconds=60))

    assert at_the_end == 1
    assert [hit(counter) for _ in range(4)] == [None, None, None, 60]


def test_a_window_that_was_opened_before_the_clock_was_set_back_is_over(db, clock):
    counter = new_counter()
    clock.move_to(NOON + datetime.timedelta(hours=3))
    for _ in range(4):
        hit(counter)

    clock.move_to(NOON)

    assert [hit(counter) for _ in range(4)] == [None, None, None, 60]


def test_a_window_of_a_server_whose_clock_is_a_little_ahead_holds(db, clock):
    counter = new_counter()
    clock.move_to(NOON + datetime.timedelta(seconds=60))
    for _ in range(3):
        hit(counter)

    clock.move_to(NOON)

    # The wait is never longer than a window.
    assert hit(counter) == 60
    clock.move_to(NOON - datetime.timedelta(seconds=1))
    assert hit(counter) is None


def test_a_request_that_began_before_the_window_buys_no_call(db, clock):
    counter = new_counter()
    request, freeze = copy_context(), frozen()
    request.run(freeze.__enter__)
    clock.move_to(NOON + datetime.timedelta(hours=1))
    for _ in range(3):
        hit(counter)

    assert request.run(hit, counter) == 60
    request.run(freeze.__exit__, None, None, None)


def test_a_window_that_lasts_too_long_is_over_in_redis_too(redis):
    counter = new_counter()
    for _ in range(4):
        hit(counter)

    # As after Redis's own clock was set back by three hours.
    redis.expire(f"limit:{counter.key}", 3 * 3600)

    assert [hit(counter) is None for _ in range(4)] == [True, True, True, False]


def test_a_counter_costs_one_statement(db, django_assert_num_queries):
    counter = new_counter()

    with django_assert_num_queries(1):
        hit(counter)


def test_counters_that_are_over_can_be_swept_away(db, clock):
    old = new_counter()
    hit(old)
    clock.move_to(NOON + datetime.timedelta(seconds=61))
    young = new_counter()
    hit(young)

    deleted = delete_expired()

    assert deleted == 1
    assert list(ThrottleCounter.objects.values_list("key", flat=True)) == [young.key]


def test_a_counter_tells_neither_address_nor_name():
    counter = make_counter("login", "alice@example.org", "192.0.2.1", limit=THREE_A_MINUTE)

    assert len(counter.key) == 64
    assert "alice" not in counter.key
    assert counter.key != make_counter("login", "alice@example.org", "192.0.2.2", limit=THREE_A_MINUTE).key


@pytest.fixture
def redis(settings, db):
    """A client beside the counters' own connection."""
    settings.REDIS_URL = REDIS_URL
    client = Redis.from_url(REDIS_URL)
    try:
        client.ping()
    except RedisError:
        leave_out("no Redis answers at TEST_REDIS_URL")
    yield client
    counters.get_redis_store.cache_clear()


def test_a_redis_that_hung_up_is_asked_again_at_once(redis, caplog):
    counter = new_counter()
    first = [hit(counter) for _ in range(2)]

    ours = [client["addr"] for client in redis.client_list() if client["cmd"] in ("evalsha", "eval")]
    for address in ours:
        redis.client_kill(address)
    last = [hit(counter) for _ in range(2)]

    assert ours != []
    assert first == [None, None]
    assert [wait is None for wait in last] == [True, False]
    assert caplog.records == []


def test_a_redis_that_hangs_up_ever_so_often_is_asked_as_ever(redis, caplog):
    counter = new_counter(Limit(calls=1000, seconds=60))
    for _ in range(150):
        hit(counter)
        for client in redis.client_list():
            if client["cmd"] in ("evalsha", "eval"):
                redis.client_kill(client["addr"])

    assert caplog.records == []


def test_a_forked_process_asks_redis_on_a_connection_of_its_own(redis):
    store = counters.get_redis_store(REDIS_URL)
    counter = new_counter(Limit(calls=1_000, seconds=60))
    store.hit((counter,))

    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            os._exit(0 if [store.hit((counter,)) for _ in range(200)] == [0] * 200 else 1)
        os._exit(2)
    answers = [store.hit((counter,)) for _ in range(200)]
    _, status = os.waitpid(child, 0)

    assert answers == [0] * 200
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_redis_that_forgot_the_script_is_told_it_again(redis):
    counter = new_counter()
    hit(counter)

    redis.script_flush()
    answers = [hit(counter) for _ in range(3)]

    assert [wait is None for wait in answers] == [True, True, False]


def test_what_must_last_is_counted_where_redis_cannot_forget_it(settings, db):
    settings.REDIS_URL = REDIS_URL
    counter = make_counter("test", secrets.token_hex(8), limit=THREE_A_MINUTE, lasting=True)
    for _ in range(3):
        hit(counter)

    settings.REDIS_URL = NOWHERE
    without_redis = hit(counter)
    give_back(counter)
    settings.REDIS_URL = ""

    assert without_redis is not None
    assert hit(counter) is None
    assert hit(counter) is not None


def test_redis_that_is_away_is_left_alone_for_a_while(settings, db, caplog):
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:1/0"
    counter = new_counter()

    for _ in range(3):
        hit(counter)

    assert [record.getMessage() for record in caplog.records] == [
        "redis unavailable, counting in the database: ConnectionError"
    ]
    counters.get_redis_store.cache_clear()


def test_the_product_limits_what_it_promises_to():
    assert django_settings.REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] == ["core.limits.throttles.CallThrottle"]
