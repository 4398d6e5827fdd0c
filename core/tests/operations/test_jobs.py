"""The regular jobs."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core import jobs
from core.models import DailyAllowance, IdempotencyKey, JobRun
from core.tests.conftest import NOON
from core.tests.support.factories import IncomeFactory, UserFactory


def test_a_new_day_is_opened_where_it_has_begun(alice, clock):
    IncomeFactory.create(user=alice)
    early = UserFactory.create(username="early", timezone="Pacific/Kiritimati")
    clock.move_to(datetime.datetime(2026, 11, 23, 0, 5, tzinfo=datetime.UTC))

    result = jobs.run_job("open-days")

    assert result == {"opened": 2, "failed": 0}
    days = DailyAllowance.objects.values_list("user__username", "date")
    assert (alice.username, datetime.date(2026, 11, 23)) in days
    assert (early.username, datetime.date(2026, 11, 23)) in days


def test_opening_days_again_opens_nothing(alice):
    jobs.run_job("open-days")

    assert jobs.run_job("open-days") == {"opened": 0, "failed": 0}


def test_expired_keys_are_forgotten_and_young_ones_kept(alice, clock):
    for key, age in (("old", 25), ("young", 23)):
        IdempotencyKey.objects.create(
            user=alice, key=key, fingerprint="x", status=201, body="{}", created_at=NOON - datetime.timedelta(hours=age)
        )

    result = jobs.run_job("clean-up")

    assert result["idempotency_keys"] == 1
    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


def test_drift_is_counted_and_shown_and_not_mended(alice, clock):
    income = IncomeFactory.create(user=alice)
    row = DailyAllowance.objects.get(user=alice)
    DailyAllowance.objects.filter(pk=row.pk).update(amount=1)

    result = jobs.run_job("check-drift")
    numbers = Client().get("/metrics").content.decode()

    assert result == {"drift": 1, "failed": 0}
    assert 'allowance_job_result{job="check-drift",what="drift"} 1.0' in numbers
    assert DailyAllowance.objects.get(pk=row.pk).amount == 1
    income.save()


def test_a_job_that_fails_is_recorded_and_keeps_no_other_from_running(alice, monkeypatch):
    def fail() -> dict[str, int]:
        raise RuntimeError("the feed is away")

    monkeypatch.setitem(jobs.JOBS, "update-rates", fail)
    told, complained = StringIO(), StringIO()

    with pytest.raises(CommandError, match=r"Failed: update-rates\."):
        call_command("run_jobs", stdout=told, stderr=complained)

    assert "update-rates: the feed is away" in complained.getvalue()
    assert "clean-up: " in told.getvalue()
    failed = JobRun.objects.get(name="update-rates")
    assert failed.failed_at is not None
    assert failed.succeeded_at is None


def test_a_job_of_no_name_that_is_known_is_refused(db):
    with pytest.raises(CommandError, match="No such job: dance"):
        call_command("run_jobs", "dance")
