"""A whole life of an account on a real server that logs all it can: no secret of it is in a line or an event."""

import base64
import json
import re
import time

import pytest
from django_otp.oath import hotp

from core.tests.support.mailbox import Mailbox, find_link

pytestmark = pytest.mark.server

AUTH = "/api/auth"
FIRST, SECOND, THIRD, WRONG = "First-horse-9", "Second-horse-8", "Third-horse-7", "Wrong-horse-6"


class Life:
    """Sends what a person sends, and keeps whatever must not be seen."""

    def __init__(self, server, mailbox):
        self.api = server.client()
        self.server = server
        self.mailbox = mailbox
        self.secrets = {FIRST, SECOND, THIRD, WRONG}

    def send(self, method, path, *, status, body=None, access=None):
        """The answer's body; what secrets it holds are kept."""
        headers = {"Authorization": f"Bearer {access}"} if access else {}
        answer = self.api.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, (path, answer.text)
        given = answer.json() if answer.content and answer.headers["Content-Type"] == "application/json" else {}
        for name in ("access", "refresh", "secret", "otpauth_url"):
            self.secrets |= {given[name]} if name in given else set()
        self.secrets |= set(given.get("backup_codes", ()))
        return given

    def log_in(self, password, *, status=200, **more):
        """A pair of tokens, or the refusal."""
        body = {"username": "alice", "password": password, **more}
        return self.send("POST", f"{AUTH}/jwt/create/", status=status, body=body)

    def read_link(self):
        """The path, the uid and the token of the link in the newest mail."""
        deadline = time.monotonic() + 20
        while not any("reset/confirm" in str(mail) for mail in self.mailbox.messages[-1:]):
            assert time.monotonic() < deadline, "no mail came"
            time.sleep(0.02)
        text = self.mailbox.messages[-1].get_body(("plain",)).get_content()
        link, uid, token = find_link(text.replace("\r\n", "\n"))
        self.secrets.add(token)
        return re.sub(r"^https?://[^/]+", "", link), uid, token

    def make_code(self, secret, steps=0):
        """The code of now, or of some steps from now."""
        code = f"{hotp(base64.b32decode(secret), int(time.time()) // 30 + steps):06d}"
        self.secrets.add(code)
        return code


def find_told(text, secrets):
    """Which secrets a text holds. A code is six digits: part of a longer number or of an id is not it."""
    return {secret for secret in secrets if re.search(rf"(?<![\w.]){re.escape(secret)}(?!\w)", text)}


def live(life):
    """From registration to deletion, with everything that goes wrong on the way. Returns the events before the end."""
    person = {"username": "alice", "email": "alice@example.org", "password": FIRST}
    life.send("POST", f"{AUTH}/users/", status=201, body=person)
    life.send("POST", f"{AUTH}/users/", status=400, body={**person, "password": "alice"})
    life.log_in(WRONG, status=401)
    # A password where a name belongs, as it happens to people.
    life.send("POST", f"{AUTH}/jwt/create/", status=401, body={"username": FIRST, "password": "alice"})
    tokens = life.log_in(FIRST)
    fresh = life.send("POST", f"{AUTH}/jwt/refresh/", status=200, body={"refresh": tokens["refresh"]})
    life.send("POST", f"{AUTH}/jwt/refresh/", status=401, body={"refresh": tokens["refresh"]})
    access = fresh["access"]
    life.send("GET", f"{AUTH}/users/me/", status=401, access=access[:-4] + "AAAA")
    setup = life.send("POST", f"{AUTH}/2fa/totp/", status=201, access=access, body={"current_password": FIRST})
    wrong = {"code": life.make_code(setup["secret"], steps=50)}
    life.send("POST", f"{AUTH}/2fa/totp/confirm/", status=400, access=access, body=wrong)
    right = {"code": life.make_code(setup["secret"])}
    codes = life.send("POST", f"{AUTH}/2fa/totp/confirm/", status=200, access=access, body=right)["backup_codes"]
    life.log_in(FIRST, status=401)
    life.log_in(FIRST, status=401, otp=life.make_code(setup["secret"], steps=60))
    tokens = life.log_in(FIRST, otp=codes[0])
    proof = {"current_password": FIRST, "otp": codes[1]}
    codes = life.send("POST", f"{AUTH}/2fa/backup-codes/", status=200, access=tokens["access"], body=proof)[
        "backup_codes"
    ]
    change = {"current_password": FIRST, "new_password": SECOND}
    life.send("POST", f"{AUTH}/users/set_password/", status=204, access=tokens["access"], body=change)
    life.send("POST", f"{AUTH}/users/reset_password/", status=204, body={"email": "alice@example.org"})
    path, uid, token = life.read_link()
    # The page behind the link shows itself, refuses a form without its token, and the link serves the API.
    assert life.api.get(path).status_code == 200
    assert life.api.post(path, data={"value": THIRD}).status_code == 403
    assert life.api.get(path[:-1]).status_code == 400
    # Copied wrongly, as links are from mails.
    for mangled in (f"/{path}", f"/x{path}", path.replace("/confirm/", "/confirm=/"), f"/?{token}", f"/{token}."):
        life.api.get(mangled)
    life.api.get(f"/{token[:-3]}")
    life.secrets.add(token[:-3])
    reset = {"uid": uid, "token": token, "new_password": THIRD}
    life.send("POST", f"{AUTH}/users/reset_password_confirm/", status=204, body=reset)
    life.send("POST", f"{AUTH}/users/reset_password_confirm/", status=400, body=reset)
    tokens = life.log_in(THIRD, otp=codes[2])
    # A crash, at work with a token and a password.
    crash = "from core.models import User; User.objects.filter(username='alice').update(timezone='No/Where')"
    life.server.manage("shell", "-c", crash)
    body = {"amount": "5", "current_password": THIRD, "otp": codes[3]}
    life.send("POST", "/api/transaction/", status=500, access=tokens["access"], body=body)
    life.send("POST", f"{AUTH}/jwt/verify/", status=200, body={"token": tokens["access"]})
    life.send("POST", f"{AUTH}/jwt/logout/", status=204, body={"refresh": tokens["refresh"]})
    events = life.server.manage("dumpdata", "core.auditevent", "core.outgoingmail")
    life.send("DELETE", f"{AUTH}/users/me/", status=204, access=tokens["access"], body={"current_password": THIRD})
    return events


@pytest.fixture
def mailbox():
    """A mail server."""
    server = Mailbox()
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("log_format", ["line", "json"])
def test_a_whole_life_leaves_no_secret_in_a_line_or_an_event(log_format, start_api, mailbox):
    mail_server = f"smtp://127.0.0.1:{mailbox.port}"
    server = start_api(env={"LOG_LEVEL": "DEBUG", "LOG_FORMAT": log_format, "EMAIL_URL": mail_server})
    life = Life(server, mailbox)

    events = live(life)

    log = server.log
    # It tells of the crash, of refusals and of the link's page: that nothing is found has another reason than silence.
    assert "Traceback" in log
    assert re.search(r"/password/reset/confirm/(…|\\u2026)", log)
    assert {"login_failed", "password_changed", "2fa_enabled", "password_reset_asked"} <= {
        event["fields"].get("action") for event in json.loads(events)
    }
    assert find_told(log, life.secrets | {server.env["SECRET_KEY"]}) == set()
    assert find_told(events, life.secrets) == set()
    # The search itself finds what is there.
    assert find_told(f'password="{THIRD}" code=123456 at 0.654321', {THIRD, "123456", "654321"}) == {THIRD, "123456"}
