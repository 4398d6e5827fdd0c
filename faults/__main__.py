"""Set the environment of a run and start it."""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    # The servers of the checks are beside the checks.
    sys.path.insert(0, str(ROOT / "bin"))
    with tempfile.TemporaryDirectory(prefix="allowance-faults-") as name:
        # The clients borrow from the tests, and those want the product's settings; this process opens no database.
        os.environ.update(
            {
                "DJANGO_SETTINGS_MODULE": "fintech_app.settings",
                "SECRET_KEY": "of-the-clients-alone-" + "x" * 40,
                "ENV_FILE": "",
                "LOG_LEVEL": "WARNING",
                "DATA_DIR": name,
                "DATABASE_URL": f"sqlite:///{name}/unused.sqlite3",
            }
        )
        import django

        django.setup()
        from faults.run import main

        sys.exit(main(folder=Path(name)))
