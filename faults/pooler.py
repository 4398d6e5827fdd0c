"""The product behind PgBouncer, with the configuration that `docker-compose.yml` gives it."""

import configparser
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from services import PoolerServer, Unavailable

from core.tests.support.servers import ROOT, Server, find_free_port
from faults.stage import Stage


def _write_configuration(stage: Stage, folder: Path, port: int) -> Path:
    """A copy whose addresses and paths are this machine's; all else is what the containers run."""
    pooler = configparser.ConfigParser()
    pooler.read_string((ROOT / "deploy" / "pgbouncer" / "pgbouncer.ini").read_text(encoding="utf-8"))
    pooler["databases"]["allowance"] = f"host=127.0.0.1 port={stage.postgres.port} dbname=allowance"
    pooler["pgbouncer"].update(
        {
            "listen_addr": "127.0.0.1",
            "listen_port": str(port),
            "auth_file": str(folder / "userlist"),
        }
    )
    (folder / "userlist").write_text('"allowance" "secret"\n', encoding="utf-8")
    path = folder / "pgbouncer.ini"
    with path.open("w", encoding="utf-8") as file:
        pooler.write(file)
    return path


@contextmanager
def behind_pooler(stage: Stage) -> Iterator[Stage]:
    """The same stage with a second web server, whose way to the database leads through a pooler.

    Raises Unavailable where there is none.
    """
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        raise Unavailable("pgbouncer is not installed (Debian: apt-get install pgbouncer)")
    folder = Path(tempfile.mkdtemp(prefix="allowance-pooler-"))
    port = find_free_port()
    options: dict[str, object] = {}
    if os.geteuid() == 0:
        # It refuses to run as root, and its configuration is read by whom it runs as.
        servant = pwd.getpwnam("nobody")
        folder.chmod(0o711)
        options = {"user": servant.pw_uid, "group": servant.pw_gid, "extra_groups": []}
    pooler = PoolerServer(
        command=[program, _write_configuration(stage, folder, port)], port=port, folder=folder, options=options
    )
    web_folder = folder / "web"
    web_folder.mkdir()
    address = f"postgres://allowance:secret@127.0.0.1:{port}/allowance"
    web = Server(stage.web.env | {"DATABASE_URL": address}, web_folder)
    try:
        pooler.start()
        yield replace(stage, web=web.start())
    finally:
        for client in web.clients:
            client.close()
        web.kill()
        pooler.stop(signal.SIGTERM)
        shutil.rmtree(folder, ignore_errors=True)
