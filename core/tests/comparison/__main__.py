"""`python -m core.tests.comparison 100 0` compares the cases of seeds 0 to 99, and makes each that differs small."""

import logging
import os
import sys
from datetime import UTC, datetime


def main(count: int, first: int) -> int:
    """Compare that many cases in a database of their own, in memory. Returns how many differ."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")
    os.environ["DATABASE_URL"] = "sqlite:///:memory:"
    import django

    django.setup()
    import time_machine
    from django.conf import settings
    from django.core.management import call_command
    from django.test.utils import override_settings, setup_test_environment

    from core.tests.comparison.running import make_smaller, run_case
    from core.tests.reference.generator import make_case

    setup_test_environment()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    different = 0
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    limits = dict.fromkeys(settings.THROTTLES)
    with (
        override_settings(PASSWORD_HASHERS=hashers, MAIL_IN_BACKGROUND=False, THROTTLES=limits),
        time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False) as traveller,
    ):
        for seed in range(first, first + count):
            case = make_case(seed)
            outcome = run_case(case, traveller)
            if outcome is not None:
                different += 1
                log, differences = make_smaller(case, outcome, traveller)
                readings = sorted(mark for mark in case.marks if mark.startswith("reading"))
                lines = [
                    f"seed {seed}, made on {case.made_on} in {case.currency}; {', '.join(readings)}",
                    *[f"  {place}: {event}" for place, event in log],
                    *[f"    {line}" for line in differences],
                ]
                sys.stdout.write("\n".join(lines) + "\n")
                sys.stdout.flush()
    sys.stdout.write(f"seeds {first} to {first + count - 1}: {different} differ\n")
    return different


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0) else 0)
