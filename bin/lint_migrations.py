"""Check that new migrations can run while the tables are in use and the version before still serves.

Each migration after the baseline is turned into PostgreSQL's statements, on a private server that has come as far as
the one before it, and squawk judges those: what locks a large table for long, or takes away what the old version
needs, fails. What a migration does in Python is not seen: it works in small steps, or not at all.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from services import Unavailable, private_postgres

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "core" / "migrations"

# Up to here the tables were new and empty.
BASELINE = "0008_counts_outlive_a_crash"

# By migration, the rules that it may break. Beside each stands why no statement has to wait.
ACCEPTED: dict[str, list[str]] = {
    # The default is the time of the statement, which is stable: PostgreSQL evaluates it once and rewrites no row.
    "0009_figure_settings": ["adding-field-with-default"],
    # A wider check takes the place of the one that is dropped, in the same transaction.
    "0011_proven_addresses": ["ban-drop-constraint"],
    # An equal check takes the place of the one that is dropped, in the same transaction.
    "0013_currency_codes_without_regex": ["ban-drop-constraint"],
    # The checks of frequencies are dropped for wider ones, in the same transaction. A goal without a percentage has a
    # target, and the version before it writes none of these.
    "0014_plan_dates": ["ban-drop-constraint", "ban-drop-not-null"],
    # A wider check takes the place of the one that is dropped, in the same transaction.
    "0017_payments": ["ban-drop-constraint"],
}

PROGRAM = Path(sys.executable).with_name("squawk")
# The oldest version in use.
POSTGRES_VERSION = "15.0"
EXCLUDED = (
    # Django's own way of writing: lengths of text, whole numbers of 32 bits, and no IF NOT EXISTS.
    *("prefer-text-field", "prefer-robust-stmts", "prefer-bigint-over-int", "prefer-bigint-over-smallint"),
    # Set for the whole command: see docs/operating.md, "Upgrade and rollback".
    *("require-lock-timeout", "require-statement-timeout"),
)


def judge(sql: str, *, name: str, accepted: list[str]) -> bool:
    """Return whether these statements may run while the tables are in use; print those that may not."""
    excluded = ",".join([*EXCLUDED, *accepted])
    options = ["--no-error-on-unmatched-pattern", "--reporter", "gcc", "--pg-version", POSTGRES_VERSION]
    done = subprocess.run(
        [PROGRAM, *options, "--exclude", excluded, "--stdin-filepath", f"{name}.sql"], input=sql, text=True, check=False
    )
    return done.returncode == 0


def _manage(url: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    return done.stdout


def main() -> int:
    """Check every migration after the baseline, or the statements of standard input with `--stdin`."""
    if sys.argv[1:] == ["--stdin"]:
        return int(not judge(sys.stdin.read(), name="stdin", accepted=[]))
    names = sorted(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))
    new = names[names.index(BASELINE) + 1 :]
    if not new:
        print(f"No migration after {BASELINE}.")
        return 0
    bad = []
    try:
        with private_postgres() as url:
            _create_database(url)
            for name in new:
                _manage(url, "migrate", "-v0", "core", names[names.index(name) - 1])
                if not judge(_manage(url, "sqlmigrate", "core", name), name=name, accepted=ACCEPTED.get(name, [])):
                    bad.append(name)
    except Unavailable as reason:
        sys.exit(f"The new migrations cannot be judged without PostgreSQL: {reason}")
    print(f"Judged: {', '.join(new)}." + (f" Not to be run beside people: {', '.join(bad)}." if bad else ""))
    return int(bool(bad))


def _create_database(url: str) -> None:
    import psycopg2

    server, _, name = url.rpartition("/")
    with contextlib.closing(psycopg2.connect(f"{server}/postgres")) as connection:
        connection.autocommit = True
        connection.cursor().execute(f'CREATE DATABASE "{name}"')


if __name__ == "__main__":
    sys.exit(main())
