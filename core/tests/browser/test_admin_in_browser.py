"""A member of staff at work, in a real browser against a real server."""

from collections.abc import Callable
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from core.tests.admin.conftest import REGISTERED
from core.tests.support.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.server]


class AdminPages:
    """The admin as a person uses it."""

    def __init__(self, browser: webdriver.Chrome, server: Server, screenshot: Callable[[str], Any]) -> None:
        self.browser = browser
        self.server = server
        self.screenshot = screenshot

    def open(self, path: str) -> None:
        """Go to a page."""
        self.browser.get(self.server.base_url + path)

    def find(self, selector: str) -> Any:
        """The first element that fits, once it is there."""
        return WebDriverWait(self.browser, 30).until(
            lambda browser: next(iter(browser.find_elements(By.CSS_SELECTOR, selector)), None), f"no {selector}"
        )

    def write(self, name: str, text: str) -> None:
        """Fill a field."""
        field = self.find(f"[name={name}]")
        field.clear()
        field.send_keys(text)

    def choose(self, name: str, value: str) -> None:
        """Pick from a list."""
        Select(self.find(f"[name={name}]")).select_by_value(value)

    def press(self, selector: str) -> None:
        """Press a button that leads to another page."""
        button = self.find(selector)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def expect(self, selector: str, words: str) -> None:
        """Wait until the words stand there: a page takes a moment to come."""
        WebDriverWait(self.browser, 30, ignored_exceptions=[StaleElementReferenceException]).until(
            lambda browser: words in self.text(selector), f"no {words!r} in {selector}"
        )

    def text(self, selector: str) -> str:
        """What stands there."""
        return str(self.find(selector).text)


@pytest.fixture
def pages(browser, live_api, screenshot) -> AdminPages:
    """The admin of a server with the demo household, with its member of staff logged in."""
    printed = live_api.manage("seed_demo", "--staff", "-v0")
    login = next(line for line in printed.splitlines() if line.startswith("Demo staff: "))
    username, password = login.removeprefix("Demo staff: ").split(" / ")
    pages = AdminPages(browser, live_api, screenshot)
    pages.open("/admin/")
    pages.write("username", username)
    pages.write("password", password)
    pages.screenshot("admin login")
    pages.press("[type=submit]")
    pages.expect("#user-tools", username.upper())
    return pages


def test_every_list_and_its_first_row_can_be_looked_at(pages):
    pages.screenshot("admin index")
    for model in REGISTERED:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        pages.open(address)
        assert pages.find("#changelist").is_displayed()
        pages.screenshot(f"admin {model._meta.model_name} list")
        first = pages.browser.find_elements(By.CSS_SELECTOR, "#result_list tbody th a")
        if first:
            first[0].click()
            assert pages.find("#content h1").is_displayed()
            pages.screenshot(f"admin {model._meta.model_name} row")


def test_an_income_that_staff_add_changes_the_persons_figure(pages):
    pages.open("/admin/core/user/?q=demo")
    pages.browser.find_element(By.LINK_TEXT, "demo").click()
    before = pages.text(".field-today_figure .readonly")
    pages.screenshot("admin person before")

    pages.press("a[href^='/admin/core/income/add/?owner=']")
    pages.write("name", "Lottery")
    pages.write("amount", "120.005")
    pages.choose("frequency", "daily")
    pages.find(".field-next_payment_date .datetimeshortcuts a").click()
    pages.press("[name=_save]")
    pages.expect("#content", "EUR has 2 decimals.")
    pages.screenshot("admin income refused")
    pages.write("amount", "120.00")
    pages.press("[name=_save]")
    pages.expect(".messagelist", "was added successfully")
    pages.screenshot("admin income added")

    pages.open("/admin/core/user/?q=demo")
    pages.browser.find_element(By.LINK_TEXT, "demo").click()
    after = pages.text(".field-today_figure .readonly")
    assert "remaining on" in before
    assert after != before
    # Paid every day from now on: the day is its own pay period.
    assert "EUR of" in after
    pages.screenshot("admin person after")


def test_enter_saves_a_person_and_a_button_of_its_own_sends_a_link(pages):
    pages.open("/admin/core/user/?q=demo")
    pages.browser.find_element(By.LINK_TEXT, "demo").click()
    pages.write("first_name", "Dora\n")
    pages.expect(".messagelist", "The user “demo” was changed successfully.")

    pages.browser.find_element(By.LINK_TEXT, "demo").click()
    pages.press(".object-tools input[type=submit]")
    pages.expect(".messagelist", "Links on their way: 1.")
    pages.screenshot("admin link sent")


def test_all_rows_that_a_search_finds_are_deleted(pages):
    pages.open("/admin/core/transaction/?q=groceries")
    found = pages.text(".paginator").rpartition("\n")[2].split()[0]
    pages.find("#action-toggle").click()
    pages.find(".actions .question a").click()
    pages.choose("action", "delete_selected")
    pages.press(".actions [name=index]")
    pages.expect("#content", f"Transactions: {found}")
    pages.screenshot("admin deletion asked")

    pages.press("#content [type=submit]")
    pages.expect(".messagelist", f"Successfully deleted {found} transactions.")


def test_the_first_page_leads_on(browser, live_api, screenshot):
    browser.get(live_api.base_url + "/")

    screenshot("landing")
    links = [link.get_attribute("href") for link in browser.find_elements(By.CSS_SELECTOR, "nav a")]
    paths = [link.removeprefix(live_api.base_url) for link in links]
    assert paths == ["/swagger/", "/redoc/", "/swagger.json", "/admin/"]
    assert browser.execute_script("return getComputedStyle(document.querySelector('nav')).display") == "grid"
    browser.set_window_size(390, 844)
    screenshot("landing on a phone")
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    browser.set_window_size(1280, 1600)
