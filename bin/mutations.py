"""Switch off one protection at a time, and print which test fails: `mutations.py [WORD …]`.

Each mutation is made in a copy of the tree, never here. A mutation that no test notices, one whose text is no
longer in its file, and a test that is red without any mutation: each fails the run. One whose tests are all skipped,
for a program that the machine does not have, is left out. Words choose mutations by name. SECURITY.md has the list
with what caught each.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from services import private_postgres

ROOT = Path(__file__).resolve().parent.parent
ATTACKS = "core/tests/attacks"
SECONDS = 300


@dataclass(frozen=True)
class Mutation:
    """One protection that is switched off: `old` becomes `new` in `file`; `tests` are those that are concerned."""

    name: str
    file: str
    old: str
    new: str
    tests: str
    on_postgres: bool = False


MUTATIONS = [
    Mutation(
        "refresh tokens do not rotate",
        "core/accounts/services/sessions.py",
        "    following = uuid4()\n",
        "    following = presented\n",
        "core/tests/api/test_sessions.py",
    ),
    Mutation(
        "a session that was revoked still opens the account",
        "core/accounts/services/sessions.py",
        "if session is None or session.revoked_at is not None or not session.user.is_active:\n        return None",
        "if session is None or not session.user.is_active:\n        return None",
        "core/tests/api/test_today_with_session.py",
    ),
    Mutation(
        "a stolen refresh token ends nothing",
        "core/accounts/services/sessions.py",
        "            revoke_sessions(user_id=session.user_id, now=now)\n            record",
        "            record",
        "core/tests/api/test_sessions.py core/tests/attacks/test_account_events.py",
    ),
    Mutation(
        "of refreshes at once all win",
        "core/accounts/services/sessions.py",
        '{"refresh_id": line.current}',
        "{}",
        f"{ATTACKS}/test_token_races.py",
    ),
    Mutation(
        "a pair of tokens whose answer was lost works beside the next one",
        "core/accounts/services/sessions.py",
        "return None if _read_pair(token) in (session.voided or {}) else session",
        "return session",
        "core/tests/api/test_sessions.py",
    ),
    Mutation(
        "the answer counts as lost although its tokens were used",
        "core/accounts/domain/token_line.py",
        "presented != line.preceding or line.is_used",
        "presented != line.preceding",
        "core/tests/api/test_sessions.py",
    ),
    Mutation(
        "a pair of tokens is used and replaced at once",
        "core/accounts/services/sessions.py",
        '        expected["pair_used"] = False\n',
        "        pass\n",
        f"{ATTACKS}/test_token_races.py",
    ),
    Mutation(
        "pages of other sites may use the cookie of a refresh token",
        "core/accounts/views/refresh_cookie.py",
        "        raise ForeignOrigin\n",
        "        return use\n",
        "core/tests/api/test_refresh_cookie.py",
    ),
    Mutation(
        "the cookie of a refresh token is looked at without the header",
        "core/accounts/views/refresh_cookie.py",
        "        return CookieUse.NONE\n",
        "        return CookieUse.LASTING\n",
        "core/tests/api/test_refresh_cookie.py",
    ),
    Mutation(
        "a session that its owner ends keeps its access token",
        "core/accounts/services/sessions.py",
        "update(revoked_at=now):\n            return False",
        "update(ended_at=now):\n            return False",
        "core/tests/api/test_session_list.py",
    ),
    Mutation(
        "a new password ends no session",
        "core/signals/accounts.py",
        '    if is_closed or _is_changed(instance, "password", update_fields):',
        "    if is_closed:",
        "core/tests/api/test_sessions.py core/tests/api/test_accounts_reset.py",
    ),
    Mutation(
        "a save writes back all that was read",
        "core/db/loaded.py",
        "            named = self.list_changed_fields()\n            named |= self.list_derived_fields(named)\n",
        "            named = None\n",
        "core/tests/ledger/test_stale_rows.py",
    ),
    Mutation(
        "a code works as often as it is sent",
        "core/accounts/domain/one_time_codes.py",
        "and candidate not in used",
        "",
        "core/tests/api/test_second_factor.py core/tests/unit/test_one_time_codes.py",
    ),
    Mutation(
        "codes are checked without a lock, on SQLite",
        "fintech_app/environment.py",
        '"transaction_mode": "IMMEDIATE"',
        '"transaction_mode": "DEFERRED"',
        "core/tests/api/test_second_factor.py",
    ),
    Mutation(
        "codes are checked without a lock, on PostgreSQL",
        "core/db/locks.py",
        "owner: User = get_user_model()._default_manager.select_for_update(no_key=True).get(",
        "owner: User = get_user_model()._default_manager.get(",
        "core/tests/api/test_second_factor.py",
        on_postgres=True,
    ),
    Mutation(
        "the database lets events be changed and deleted, on PostgreSQL",
        "core/migrations/0005_limits_and_audit.py",
        "BEFORE UPDATE OR DELETE ON core_auditevent",
        "BEFORE UPDATE OF id ON core_auditevent",
        f"{ATTACKS}/test_account_events.py",
        on_postgres=True,
    ),
    Mutation(
        "a backup code is not used up",
        "core/accounts/services/second_factor.py",
        "    deleted, _by_model = factor.backup_codes.filter(digest=digest).delete()\n    return deleted == 1\n",
        "    return factor.backup_codes.filter(digest=digest).exists()\n",
        "core/tests/api/test_second_factor.py",
    ),
    Mutation(
        "a login takes no code",
        "core/accounts/services/login.py",
        "            demand_code(owner=owner, code=code, now=now)\n",
        "",
        "core/tests/api/test_second_factor.py",
    ),
    Mutation(
        "everybody sees everybody's rows",
        "core/web/viewsets.py",
        ".filter(user_id=get_caller(self.request).pk)",
        "",
        "core/tests/test_ownership.py",
    ),
    Mutation(
        "a change overwrites what was changed meanwhile",
        "core/web/viewsets.py",
        "            check_unchanged(request=self.request, updated_at=row.updated_at)\n",
        "            pass\n",
        "core/tests/api/test_if_match.py",
    ),
    Mutation(
        "a stranger's day is taken in a body",
        "core/web/fields.py",
        '        return rows.filter(user_id=self.context["owner"].pk)\n',
        "        return rows\n",
        "core/tests/test_ownership.py",
    ),
    Mutation(
        "anybody reads anybody's account",
        "core/accounts/views/account.py",
        "return User.objects.filter(pk=get_caller(self.request).pk)",
        "return User.objects.filter(pk__gt=0)",
        "core/tests/api/test_accounts_life.py core/tests/test_ownership.py",
    ),
    Mutation(
        "guesses are not limited",
        "core/accounts/services/tries.py",
        '    limit = find_limit("login")\n    if limit is None:',
        '    limit = find_limit("login")\n    if limit is None or limit.calls:',
        f"{ATTACKS}/test_limits_at_the_doors.py {ATTACKS}/test_enumeration.py",
    ),
    Mutation(
        "guesses are counted after the password was hashed",
        "core/accounts/services/tries.py",
        "    wait_seconds = find_wait(*counters) or hit(*counters)\n",
        "    check()\n    wait_seconds = find_wait(*counters) or hit(*counters)\n",
        f"{ATTACKS}/test_password_checks.py {ATTACKS}/test_enumeration.py",
    ),
    Mutation(
        "guesses at once pass a limit together",
        "core/limits/database_store.py",
        "OR kept.count < CASE kept.key",
        "OR kept.count - 3 < CASE kept.key",
        f"{ATTACKS}/test_limits_at_the_doors.py core/tests/limits/test_counters.py",
    ),
    Mutation(
        "tokens are taken after they have expired",
        "core/accounts/tokens.py",
        "now + self.get_token_backend().get_leeway()",
        "now",
        "core/tests/api/test_sessions.py",
    ),
    Mutation(
        "calls that are refused early are not counted",
        "core/web/errors.py",
        'count_refused_call(context["request"]) if isinstance(error, exceptions.APIException) else None',
        "None",
        "core/tests/api/test_limits.py",
    ),
    Mutation(
        "a request that waited buys another try",
        "core/limits/database_store.py",
        "clock.unfrozen_now()",
        "clock.now()",
        "core/tests/limits/test_counters.py",
    ),
    Mutation(
        "right passwords are checked without end",
        "core/accounts/services/tries.py",
        '    limit = find_limit("password")\n',
        '    limit = find_limit("password") and None\n',
        f"{ATTACKS}/test_password_checks.py",
    ),
    Mutation(
        "a wrong current password leaves no event",
        "core/accounts/services/proofs.py",
        '        record_event(user_id=user.pk, action=LOGIN_FAILED, object_type="user", object_id=user.pk)\n',
        "",
        f"{ATTACKS}/test_password_checks.py",
    ),
    Mutation(
        "everybody waits for the hasher however long",
        "core/accounts/hashers.py",
        "    if not _one_at_a_time.acquire(timeout=LONGEST_WAIT_SECONDS):\n",
        "    if not _one_at_a_time.acquire():\n",
        f"{ATTACKS}/test_password_checks.py::test_who_waits_too_long_for_the_hasher_is_told_when_to_come_again",
    ),
    Mutation(
        "a check that was not made counts",
        "core/accounts/services/tries.py",
        "        give_back(*counters)\n",
        "        pass\n",
        f"{ATTACKS}/test_password_checks.py",
    ),
    Mutation(
        "wrong codes are not limited",
        "core/accounts/services/tries.py",
        '    limit = find_limit("otp")\n',
        '    limit = find_limit("otp") and None\n',
        f"{ATTACKS}/test_limits_at_the_doors.py",
    ),
    Mutation(
        "a forwarded address is trusted from any client",
        "core/limits/client_address.py",
        "    if not proxies:\n        return peer\n",
        "    proxies = proxies or 1\n",
        f"{ATTACKS}/test_limits_at_the_doors.py core/tests/unit/test_client_address.py",
    ),
    Mutation(
        "each address of an IPv6 network counts by itself",
        "core/limits/client_address.py",
        "_IPV6_PREFIX = 64",
        "_IPV6_PREFIX = 128",
        "core/tests/unit/test_client_address.py",
    ),
    Mutation(
        "pages behind links are not limited",
        "core/accounts/pages.py",
        "        if not throttle.allow_request(request, self):",
        "        if throttle is None:",
        f"{ATTACKS}/test_limits_at_the_doors.py",
    ),
    Mutation(
        "any host is this site's",
        "core/web/middleware/host.py",
        "            request.get_host()\n",
        "            pass\n",
        "core/tests/api/test_shell.py",
    ),
    Mutation(
        "links are built from the request's host",
        "core/accounts/services/links.py",
        'return f"{settings.SITE_URL}/',
        'return f"http://evil.example.net/',
        "core/tests/api/test_accounts_reset.py",
    ),
    Mutation(
        "an unknown account costs no hash",
        "core/accounts/backends.py",
        "            User().set_password(password)\n",
        "",
        f"{ATTACKS}/test_enumeration.py core/tests/api/test_sessions.py",
    ),
    Mutation(
        "a banned account is told that it is",
        "core/accounts/services/login.py",
        "        _record(LOGIN_FAILED, owner)\n        raise LoginRefused\n",
        "        _record(LOGIN_FAILED, owner)\n"
        "        raise LoginRefused if owner is None or owner.is_active else CodeRefused\n",
        f"{ATTACKS}/test_enumeration.py core/tests/api/test_sessions.py",
    ),
    Mutation(
        "an old link opens a banned account",
        "core/accounts/services/links.py",
        "User.objects.filter(pk=int(text), is_active=True).first()",
        "User.objects.filter(pk=int(text)).first()",
        "core/tests/api/test_accounts_reset.py",
    ),
    Mutation(
        "a link of one purpose serves the other",
        "core/accounts/services/links.py",
        'salt = f"core.accounts.links.{purpose}.',
        'salt = f"core.accounts.links.',
        "core/tests/api/test_accounts_reset.py",
    ),
    Mutation(
        "a link to an unproven address greets by name",
        "core/accounts/services/mail.py",
        '"name": user.username if envelope.is_proven else "",',
        '"name": user.username,',
        f"{ATTACKS}/test_mail_limits.py",
    ),
    Mutation(
        "an unproven address gets links without end",
        "core/accounts/services/link_limits.py",
        "UNPROVEN_LINKS_PER_DAY = 5",
        "UNPROVEN_LINKS_PER_DAY = 500",
        f"{ATTACKS}/test_mail_limits.py",
    ),
    Mutation(
        "a proven address gets as many links a minute as are asked for",
        "core/accounts/services/link_limits.py",
        "BETWEEN_PROVEN_LINKS = timedelta(minutes=1)",
        "BETWEEN_PROVEN_LINKS = timedelta(0)",
        f"{ATTACKS}/test_mail_limits.py",
    ),
    Mutation(
        "senders at once pass the limits of an address, on PostgreSQL",
        "core/accounts/services/mail.py",
        "        with owner_transaction(user.pk) as owner:\n"
        "            return _address_link(mail, owner, purpose, now)\n",
        "        return _address_link(mail, user, purpose, now)\n",
        f"{ATTACKS}/test_mail_limits.py",
        on_postgres=True,
    ),
    Mutation(
        "an address that was never proven gets notices",
        "core/accounts/services/mail_queue.py",
        "    address = find_proven_email(user_id=user.pk)\n",
        "    address = user.email\n",
        "core/tests/api/test_email_verification.py",
    ),
    Mutation(
        "a reset goes to an address that is not proven yet",
        "core/accounts/services/mail.py",
        "        recipient = proven or owner.email\n",
        "        recipient = owner.email\n",
        "core/tests/api/test_email_verification.py",
    ),
    Mutation(
        "somebody else takes an address that still keeps its account",
        "core/models/user.py",
        " or others.filter(proven_address__email_key=email_key).exists():",
        ":",
        "core/tests/api/test_email_verification.py",
    ),
    Mutation(
        "a reset strips every second factor",
        "core/accounts/services/profile.py",
        "        if not find_proven_email(user_id=owner.pk):\n",
        "        if owner:\n",
        "core/tests/api/test_email_verification.py core/tests/api/test_second_factor.py",
    ),
    Mutation(
        "a reset strips no second factor",
        "core/accounts/services/profile.py",
        "            remove_factor_of_unproven(owner=owner, now=now)\n",
        "",
        "core/tests/api/test_email_verification.py",
    ),
    Mutation(
        "with a second factor a new address takes no code",
        "core/accounts/services/profile.py",
        "            demand_proof_by_code(owner=owner, code=code, now=now)\n",
        "",
        "core/tests/api/test_email_verification.py",
    ),
    Mutation(
        "a session alone reveals which addresses are taken",
        "core/accounts/serializers/profile.py",
        "        return User.objects.normalize_email(email)\n",
        "        check_email(email=email, user=self.instance) if self.instance else None\n"
        "        return User.objects.normalize_email(email)\n",
        f"{ATTACKS}/test_mail_limits.py",
    ),
    Mutation(
        "an answer that shows a name to be taken is not counted",
        "core/accounts/views/proofs.py",
        "            count_registration(network=get_client_network(request._request))\n",
        "            pass\n",
        f"{ATTACKS}/test_mail_limits.py",
    ),
    Mutation(
        "no notice is mailed of a changed password",
        "core/signals/accounts.py",
        "        queue_notice(user=instance, kind=MailKind.PASSWORD_CHANGED, now=now)\n",
        "        pass\n",
        "core/tests/api/test_email_verification.py",
    ),
    Mutation(
        "a refused login is rolled back with its request",
        "fintech_app/environment.py",
        "    return config\n",
        '    return config | {"ATOMIC_REQUESTS": True}\n',
        f"{ATTACKS}/test_account_events.py",
    ),
    Mutation(
        "young events without an owner can be deleted, on PostgreSQL",
        "core/migrations/0012_ownerless_events.py",
        " AND OLD.at < now() - interval '89 days'",
        "",
        f"{ATTACKS}/test_account_events.py",
        on_postgres=True,
    ),
    Mutation(
        "a restored copy brings sessions back",
        "core/accounts/services/restoring.py",
        "        sessions.update(revoked_at=now)\n",
        "",
        "core/tests/operations/test_restoring.py",
    ),
    Mutation(
        "a restored copy brings codes back",
        "core/accounts/services/restoring.py",
        "            for step in domain.list_valid_steps(now=now):\n",
        "            for step in ():\n",
        "core/tests/operations/test_restoring.py",
    ),
    Mutation(
        "a token opens a session that was given its id anew",
        "core/accounts/services/sessions.py",
        " or _is_older(token, session):",
        ":",
        "core/tests/operations/test_restoring.py",
    ),
    Mutation(
        "an event can be changed and deleted",
        "core/models/audit_event.py",
        "        raise TypeError(_APPEND_ONLY)\n",
        "        return None\n",
        "core/tests/api/test_audit.py",
    ),
    Mutation(
        "pages take forms of other sites",
        "fintech_app/settings.py",
        '    "django.middleware.csrf.CsrfViewMiddleware",\n',
        "",
        "core/tests/api/test_accounts_reset.py::test_a_page_of_another_site_cannot_send_the_form",
    ),
    Mutation(
        "the admin asks for no code",
        "core/accounts/services/login.py",
        "    _pass(user, credentials.code, now, lambda owner: None)\n",
        "",
        "core/tests/api/test_second_factor.py",
    ),
    Mutation(
        "staff give groups their rights",
        "core/admin/groups.py",
        "return bool(request.user.is_superuser)",
        "return True",
        "core/tests/admin/test_admin_people.py",
    ),
    Mutation(
        "staff manage the accounts of staff",
        "core/admin/people.py",
        "return request.user.is_superuser or person is None or not (person.is_staff or person.is_superuser)",
        "return request.user.is_superuser or person is None or not person.is_superuser",
        "core/tests/admin/test_admin_people.py",
    ),
    Mutation(
        "staff give rights to accounts",
        "core/admin/people.py",
        "            readonly += RIGHTS_FIELDS\n",
        "            pass\n",
        "core/tests/admin/test_admin_people.py",
    ),
    Mutation(
        "staff change another's address",
        "core/admin/people.py",
        "not request.user.is_superuser or obj.pk == request.user.pk",
        "obj.pk == request.user.pk",
        "core/tests/admin/test_admin_people.py",
    ),
    Mutation(
        "staff remove another's second factor",
        "core/admin/people.py",
        'permissions=["superuser"]',
        'permissions=["change"]',
        "core/tests/admin/test_admin_people.py",
    ),
    Mutation(
        "lists take lookups on hidden columns",
        "core/admin/tables.py",
        "return lookup in self.list_lookups()",
        "return super().lookup_allowed(lookup, value, request)",
        "core/tests/admin/test_admin_secrecy.py",
    ),
    Mutation(
        "who reads accounts sees money",
        "core/admin/people.py",
        'not name.startswith("today") or may_view(request, DailyAllowance)',
        "name",
        "core/tests/admin/test_admin_secrecy.py",
    ),
    Mutation(
        "who reads events sees what changed",
        "core/admin/records.py",
        "hidden = obj is not None and",
        "hidden = obj is None and",
        "core/tests/admin/test_admin_secrecy.py",
    ),
    Mutation(
        "the admin's password page counts no guesses",
        "core/admin/password.py",
        "            prove_password(user=self.user, password=password, network=get_client_network(self.request))\n",
        "            if not self.user.check_password(password):\n"
        '                raise WrongPassword("Invalid password.")\n',
        "core/tests/admin/test_admin_password.py",
    ),
    Mutation(
        "the admin's password page writes the whole account",
        "core/admin/password.py",
        'change_password(user=form.user, new_password=form.cleaned_data["new_password1"])',
        "form.save()",
        "core/tests/admin/test_admin_password.py",
    ),
    Mutation(
        "a form of the admin writes what was not changed in it",
        "core/admin/forms.py",
        "                field.show_hidden_initial = True\n",
        "                field.show_hidden_initial = False\n",
        "core/tests/admin/test_admin_meanwhile.py",
    ),
    Mutation(
        "anybody registers as staff",
        "core/accounts/serializers/profile.py",
        'fields = [*_PROFILE_FIELDS, "password"]',
        'fields = [*_PROFILE_FIELDS, "is_staff", "password"]',
        "core/tests/api/test_accounts_life.py",
    ),
    Mutation(
        "a new address takes no password",
        "core/accounts/views/account.py",
        "        if is_moving:\n            check_current",
        "        if is_moving and False:\n            check_current",
        "core/tests/api/test_accounts_life.py",
    ),
    Mutation(
        "a body may be of any size",
        "core/web/middleware/body.py",
        "        if _read_length(request) <= limit:",
        "        if _read_length(request) <= limit * 1000:",
        "core/tests/api/test_shell.py core/tests/api/test_hostile_input.py",
    ),
    Mutation(
        "mailed links stand in the log",
        "core/context.py",
        "        if masked != message:",
        "        if False:",
        f"{ATTACKS}/test_logs_tell_no_secret.py",
    ),
    Mutation(
        "tokens of mangled links stand in the log",
        "core/context.py",
        'return _TOKEN.sub("…", _LINK.sub(',
        'return "".join(_LINK.sub(',
        "core/tests/unit/test_link_filter.py",
    ),
    Mutation(
        "addresses may hold control characters",
        "core/models/user.py",
        "    if has_control_character(email):",
        "    if False:",
        "core/tests/api/test_accounts_life.py",
    ),
    Mutation(
        "a renewed hash overwrites a password that was changed meanwhile",
        "core/models/user.py",
        "filter(pk=self.pk, password=self.password).update(",
        "filter(pk=self.pk).update(",
        "core/tests/api/test_password_forms.py",
    ),
    Mutation(
        "a password stands in the log",
        "core/accounts/views/sessions.py",
        "        mark_counted(request)\n",
        '        mark_counted(request)\n        __import__("logging").debug("login %s", given)\n',
        f"{ATTACKS}/test_logs_tell_no_secret.py",
    ),
    Mutation(
        "a password stands in an event",
        "core/audit/services.py",
        "        record_event(user_id=user.pk, action=PASSWORD_CHANGED,",
        '        record_event(changes={"password": [None, user._password]}, user_id=user.pk, action=PASSWORD_CHANGED,',
        f"{ATTACKS}/test_logs_tell_no_secret.py core/tests/api/test_audit.py",
    ),
    Mutation(
        "counts are committed without syncs, on SQLite",
        "core/limits/database_store.py",
        '"PRAGMA synchronous=NORMAL"',
        '"PRAGMA synchronous=OFF"',
        "core/tests/test_power_cuts.py",
    ),
    Mutation(
        "a request may take as long as it likes to arrive",
        "fintech_app/server.py",
        "            if channel.is_overdue(now):\n",
        "            if channel.is_overdue(now) and not self.alive:\n",
        "core/tests/test_slow_senders.py",
    ),
    Mutation(
        "the demo account is there for everybody",
        "bin/serve.py",
        'call_command("seed_demo", deactivate=True) if from_elsewhere else ',
        "",
        "core/tests/test_demo_account.py",
    ),
    Mutation(
        "everybody on the machine may read the database",
        "fintech_app/files.py",
        "    if mode & 0o077:\n",
        "    if mode & 0o077 and not mode:\n",
        "core/tests/test_private_files.py",
    ),
    Mutation(
        "a commit without an answer is said to have changed nothing, on PostgreSQL",
        "core/db/transactions.py",
        "        if is_complete and is_outermost and is_lost:\n",
        "        if is_complete and is_outermost and not is_lost:\n",
        "core/tests/api/test_lost_answers.py",
        on_postgres=True,
    ),
    Mutation(
        "the proxy says that a write without an answer changed nothing",
        "deploy/nginx/nginx.conf",
        '"code": "outcome_unknown"',
        '"code": "unavailable"',
        "core/tests/test_proxy.py",
    ),
    Mutation(
        "staff choose another's password",
        "core/admin/people.py",
        "            super().save_model(request, obj, form, change)\n            return\n",
        '            obj.set_password(request.POST.get("password1"))\n'
        "            super().save_model(request, obj, form, change)\n            return\n",
        "core/tests/admin/test_admin_people.py",
    ),
    Mutation(
        "no notice is mailed of a changed address",
        "core/signals/accounts.py",
        "        queue_notice(user=instance, kind=MailKind.EMAIL_CHANGED, now=now)\n",
        "",
        "core/tests/api/test_email_verification.py",
    ),
    Mutation(
        "a copy is taken without the connection's options, on PostgreSQL",
        "core/operations/backup.py",
        "for name, value in options.items())]",
        'for name, value in options.items() if not name.startswith("ssl"))]',
        "core/tests/operations/test_backup.py",
        on_postgres=True,
    ),
    Mutation(
        "a copy is reported before it is on the disk",
        "core/operations/backup.py",
        "    _sync(",
        "    str(",
        "core/tests/test_power_cuts.py",
    ),
    Mutation(
        "everybody on the machine may look into a new folder",
        "fintech_app/files.py",
        "path.mkdir(mode=0o700, exist_ok=True)",
        "path.mkdir(mode=0o755, exist_ok=True)",
        "core/tests/test_private_files.py",
    ),
    Mutation(
        "the service's role owns the tables",
        "deploy/postgres/roles.sql",
        "GRANT USAGE ON SCHEMA public TO allowance;",
        "GRANT USAGE ON SCHEMA public TO allowance;\nGRANT allowance_owner TO allowance;",
        "core/tests/test_database_roles.py",
    ),
]


def copy_tree(target: Path) -> None:
    """Copy every file that git tracks or would add, as it is now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def run_tests(tree: Path, tests: str, postgres_url: str) -> tuple[str, str]:
    """Return `SURVIVED`, `caught` or `LEFT OUT` (every test was skipped), and the first test that is not green."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        "DEBUG": "1",
        "ENV_FILE": "",
        "DATA_DIR": str(tree / "var"),
        "DATABASE_URL": postgres_url,
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "--show-capture=no", *tests.split()],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    caught = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode == 0:
        passed = re.search(r"\d+ passed", done.stdout)
        return ("SURVIVED", "nothing") if passed else ("LEFT OUT", "nothing: every test was skipped here")
    return "caught", caught[1] if caught else done.stdout[-300:] + done.stderr[-300:]


def main(words: list[str]) -> int:
    """Make each mutation, run its tests, say what caught it."""
    chosen = [item for item in MUTATIONS if not words or any(word in item.name for word in words)]
    failures = left_out = 0
    with contextlib.ExitStack() as stack:
        tree = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="allowance-mutations-")))
        postgres_url = os.environ.get("TEST_POSTGRES_URL", "")
        if not postgres_url and any(mutation.on_postgres for mutation in chosen):
            postgres_url = stack.enter_context(private_postgres())
        copy_tree(tree)
        for mutation in chosen:
            file = tree / mutation.file
            original = file.read_text(encoding="utf-8")
            if mutation.old not in original:
                failures += 1
                print(f"LOST     {mutation.name}: its text is no longer in {mutation.file}", flush=True)
                continue
            file.write_text(original.replace(mutation.old, mutation.new), encoding="utf-8")
            started = time.monotonic()
            try:
                verdict, caught = run_tests(tree, mutation.tests, postgres_url if mutation.on_postgres else "")
            finally:
                file.write_text(original, encoding="utf-8")
            failures += verdict == "SURVIVED"
            left_out += verdict == "LEFT OUT"
            print(f"{verdict:8} {mutation.name}: by {caught} ({time.monotonic() - started:.0f} s)", flush=True)
    print(f"{len(chosen) - failures - left_out} of {len(chosen)} mutations were caught, {left_out} left out.")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
