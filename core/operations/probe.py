"""The container's own health check: `python -m core.operations.probe ready` (or `live`).

Exit status 0 when all is well, 1 otherwise. Uses the standard library alone, so that a probe costs no
Django start.
"""

import http.client
import os
import sys

TIMEOUT_SECONDS = 3


def probe_web(path: str) -> bool:
    """Return whether the server on this machine answers `path` with 200."""
    port = int(os.environ.get("PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def main() -> int:
    """Run the probe that the command line names."""
    name = sys.argv[1] if len(sys.argv) > 1 else "ready"
    return 0 if probe_web(f"/health/{name}/") else 1


if __name__ == "__main__":
    sys.exit(main())
