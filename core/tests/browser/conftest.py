"""A real Chromium, driven headless, that fails a test over any error in its console."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from core.tests.support.servers import leave_out

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,1600",
)


def find_program(variable: str, *names: str) -> str:
    """Where a program is, as the environment says or on the path; leaves the test out where it is not."""
    found = os.environ.get(variable) or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        leave_out(f"no {names[0]} (Debian: apt-get install chromium chromium-driver)")
    return str(found)


@pytest.fixture(scope="session")
def _chromium() -> Iterator[webdriver.Chrome]:
    options = Options()
    options.binary_location = find_program("CHROMIUM", "chromium", "google-chrome")
    # Pages and their scripts may not reach any other machine.
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        options.add_argument(f"--user-data-dir={profile}")
        driver = webdriver.Chrome(options=options, service=Service(find_program("CHROMEDRIVER", "chromedriver")))
        driver.set_page_load_timeout(60)
        yield driver
        driver.quit()


@pytest.fixture
def browser(_chromium: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """A browser with no cookies. After the test there must be no error in its console."""
    _chromium.delete_all_cookies()
    _chromium.get_log("browser")
    yield _chromium
    errors = [entry["message"] for entry in _chromium.get_log("browser") if entry["level"] == "SEVERE"]
    _chromium.get("about:blank")
    assert errors == []


@pytest.fixture
def screenshot(browser: webdriver.Chrome, request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Path]:
    """Keeps a picture of the page, in SCREENSHOT_DIR where that is set."""

    def take(name: str) -> Path:
        folder = Path(os.environ.get("SCREENSHOT_DIR") or tmp_path)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png"
        browser.save_screenshot(str(file))
        return file

    return take
