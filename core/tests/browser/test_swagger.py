"""A person tries the API in the browser."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from core.tests.support.factories import PASSWORD
from core.tests.support.servers import Server

pytestmark = pytest.mark.browser


class SwaggerPage:
    """The page as a person uses it."""

    def __init__(self, browser: webdriver.Chrome, server: Server, screenshot: Callable[[str], Any]) -> None:
        self.browser = browser
        self.screenshot = screenshot
        browser.get(f"{server.base_url}/swagger/")
        self.find("#operations-Income-income_list")

    def find(self, selector: str, within: WebElement | None = None) -> WebElement:
        """The first element that fits, once it is to be seen."""
        found: WebElement = WebDriverWait(self.browser, 30).until(
            lambda browser: next(
                (item for item in (within or browser).find_elements(By.CSS_SELECTOR, selector) if item.is_displayed()),
                None,
            ),
            f"no {selector}",
        )
        return found

    def click(self, selector: str, within: WebElement | None = None) -> None:
        """Press it, in the middle of the window, where nothing hangs over it."""
        element = self.find(selector, within)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def type(self, selector: str, text: str, within: WebElement | None = None) -> None:
        """Replace what is in a box."""
        box = self.find(selector, within)
        box.clear()
        box.send_keys(text)

    def try_out(self, chapter: str, operation: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Send what the page offers, or another body. The status and the body that the page then shows."""
        block = self.find(f"#operations-{chapter}-{operation}")
        self.click(".opblock-summary-control", block)
        self.click(".try-out__btn", block)
        if body is not None:
            self.type("textarea.body-param__text", json.dumps(body), block)
        self.click(".execute", block)
        status = int(self.find(".live-responses-table .response .response-col_status", block).text.split()[0])
        shown = self.find(".live-responses-table .response .highlight-code", block).text
        return status, json.loads(shown.removeprefix("Download").strip())

    def authorize(self, token: str) -> None:
        """Paste a token into the dialog, as it is."""
        self.click(".btn.authorize")
        self.type(".modal-ux input", token)
        self.screenshot("swagger authorize")
        self.click(".modal-ux .btn.authorize")
        self.click(".modal-ux .btn-done")


def test_a_person_logs_in_and_tries_the_api(
    live_api: Server, browser: webdriver.Chrome, screenshot: Callable[[str], Any]
) -> None:
    live_api.sign_up("alice")
    page = SwaggerPage(browser, live_api, screenshot)
    screenshot("swagger")

    status, tokens = page.try_out("Sessions", "jwt_create", {"username": "alice", "password": PASSWORD})
    screenshot("swagger logged in")
    assert (status, sorted(tokens)) == (200, ["access", "refresh", "user"])

    page.authorize(tokens["access"])
    status, today = page.try_out("Allowance", "allowance_today")
    screenshot("swagger today")
    assert (status, today["amount"], today["status"]) == (200, "0.00", "no_income")

    # The example is sent as it stands.
    status, income = page.try_out("Income", "income_create")
    screenshot("swagger income added")
    assert (status, income["amount"], income["name"]) == (201, "3000.00", "Salary")


def test_the_api_can_be_read(live_api: Server, browser: webdriver.Chrome, screenshot: Callable[[str], Any]) -> None:
    browser.get(f"{live_api.base_url}/redoc/")

    WebDriverWait(browser, 60).until(lambda _: browser.find_elements(By.CSS_SELECTOR, "[data-section-id='tag/Income']"))

    screenshot("redoc")
    shown = browser.execute_script("return document.body.innerText")
    assert "Add one income" in shown
    assert "Above 0 and below 10^12" in shown
    images = browser.find_elements(By.CSS_SELECTOR, "img[src]")
    assert [image.get_attribute("src") for image in images if "127.0.0.1" not in image.get_attribute("src")] == []


def test_the_front_page_leads_everywhere(
    live_api: Server, browser: webdriver.Chrome, screenshot: Callable[[str], Any]
) -> None:
    browser.get(f"{live_api.base_url}/")
    screenshot("front page")
    # The app is not built there.
    assert browser.title == "Fintech Allowance"
    addresses = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "a[href]")]

    pages = {}
    for address in addresses:
        browser.get(address)
        pages[address.removeprefix(live_api.base_url)] = browser.title or browser.page_source

    assert pages.keys() >= {"/swagger/", "/redoc/", "/swagger.json", "/admin/"}
    assert (pages["/swagger/"], pages["/redoc/"]) == ("Fintech Allowance API", "Fintech Allowance API")
    assert pages["/admin/"].startswith("Log in")
    assert '"swagger": "2.0"' in pages["/swagger.json"]
    assert [address for address, page in pages.items() if "not_found" in page] == []
