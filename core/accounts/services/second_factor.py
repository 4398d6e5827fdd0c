"""The second factor: set up, confirm, use, remove."""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django_otp.oath import hotp

from core.accounts import domain
from core.accounts.services.encryption import UnreadableSecret, decrypt_secret, encrypt_secret, reencrypt_secret
from core.accounts.services.mail_queue import queue_notice
from core.accounts.services.sessions import revoke_sessions
from core.audit.services import record_event
from core.db.locks import owner_transaction
from core.kernel.errors import DomainError
from core.models import BackupCode, MailKind, SecondFactor, User

logger = logging.getLogger(__name__)

ENABLED, DISABLED, CODES_RENEWED = "2fa_enabled", "2fa_disabled", "backup_codes_renewed"

_ISSUER = "Allowance"


class CodeRequired(Exception):
    """A second factor is on, and no code was given."""


class CodeRefused(Exception):
    """The code is wrong, used or too old."""


class SecondFactorIsOn(Exception):
    """The second factor is on already."""


class SecondFactorIsOff(Exception):
    """There is no second factor."""


class WrongCode(DomainError):
    """The code is wrong, used or too old, on a field of the body."""

    code = "otp_invalid"


@dataclass(frozen=True, slots=True)
class Setup:
    """The secret for an authenticator app."""

    secret: str
    otpauth_url: str
    qr_svg: str


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the second factor: whether it is on, and how many backup codes are left."""

    enabled: bool
    backup_codes_left: int


def get_status(*, user_id: int) -> Status:
    """Return the state of the second factor."""
    factor = _find_factor(user_id)
    return Status(enabled=factor is not None, backup_codes_left=factor.backup_codes.count() if factor else 0)


def has_second_factor(*, user_id: int) -> bool:
    """Return whether a login takes a code."""
    return SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists()


def demand_code(*, owner: User, code: str | None, now: datetime) -> None:
    """Let a login pass: without a second factor as it is, with one by a code, which is used up.

    Call it under the owner's lock. Raises CodeRequired, CodeRefused.
    """
    factor = _find_factor(owner.pk)
    if factor is None:
        return
    if not code:
        raise CodeRequired
    if not _use_code(factor, code, now):
        raise CodeRefused


def demand_proof_by_code(*, owner: User, code: str | None, now: datetime) -> None:
    """Use up a code where a second factor is on; nothing where it is off. Call it under the owner's lock.

    Raises WrongCode on `otp`.
    """
    factor = _find_factor(owner.pk)
    if factor is None:
        return
    if not code:
        raise WrongCode("This field is required.", code="required", field="otp")
    if not _use_code(factor, code, now):
        raise WrongCode("Invalid code.", field="otp")


def begin_setup(*, user_id: int, now: datetime) -> Setup:
    """Make a secret that is not in force yet; it replaces one that was never confirmed. Raises SecondFactorIsOn."""
    with owner_transaction(user_id) as owner:
        if has_second_factor(user_id=user_id):
            raise SecondFactorIsOn
        secret = secrets.token_bytes(domain.SECRET_BYTES)
        SecondFactor.objects.update_or_create(
            user_id=user_id,
            defaults={
                "secret": encrypt_secret(secret=secret),
                "used_steps": [],
                "created_at": now,
                "confirmed_at": None,
            },
        )
    # Drawn once in an account's life: not worth importing before.
    import qrcode
    from qrcode.image.svg import SvgPathImage

    url = _format_otpauth_url(secret=secret, account=owner.username)
    image = qrcode.make(url, image_factory=SvgPathImage)
    return Setup(
        secret=domain.format_secret(secret=secret), otpauth_url=url, qr_svg=image.to_string(encoding="unicode")
    )


def confirm_setup(*, user_id: int, code: str, now: datetime, session_id: int | None) -> list[str]:
    """Put the secret in force, by a first code; ten backup codes. Every session but `session_id` ends.

    Raises SecondFactorIsOn, and WrongCode on `code`, also where no set-up was begun.
    """
    with owner_transaction(user_id) as owner:
        factor = SecondFactor.objects.filter(user_id=user_id).first()
        if factor is not None and factor.confirmed_at is not None:
            raise SecondFactorIsOn
        if factor is None or not _use_totp(factor, domain.normalize_code(code=code), now):
            raise WrongCode("Invalid code.", field="code")
        factor.confirmed_at = now
        factor.save(update_fields=["confirmed_at"])
        codes = _replace_backup_codes(factor)
        revoke_sessions(user_id=user_id, now=now, except_id=session_id)
        record_event(user_id=user_id, action=ENABLED)
        queue_notice(user=owner, kind=MailKind.SECOND_FACTOR_ENABLED, now=now)
    return codes


def renew_backup_codes(*, user_id: int, code: str, now: datetime) -> list[str]:
    """Ten new backup codes; the old ones are void. Raises SecondFactorIsOff, and WrongCode on `otp`."""
    with owner_transaction(user_id):
        codes = _replace_backup_codes(_prove_factor(user_id, code, now))
        record_event(user_id=user_id, action=CODES_RENEWED)
    return codes


def disable(*, user_id: int, code: str, now: datetime) -> None:
    """Take the second factor off, by a last code. Raises SecondFactorIsOff, and WrongCode on `otp`."""
    with owner_transaction(user_id) as owner:
        _prove_factor(user_id, code, now).delete()
        record_event(user_id=user_id, action=DISABLED)
        queue_notice(user=owner, kind=MailKind.SECOND_FACTOR_DISABLED, now=now)


def remove_second_factor(*, user_id: int, now: datetime) -> None:
    """Take the second factor off for somebody who lost everything, without a code. Raises SecondFactorIsOff."""
    with owner_transaction(user_id) as owner:
        factor = _find_factor(user_id)
        if factor is None:
            raise SecondFactorIsOff
        factor.delete()
        record_event(user_id=user_id, action=DISABLED)
        queue_notice(user=owner, kind=MailKind.SECOND_FACTOR_DISABLED, now=now)


def remove_factor_of_unproven(*, owner: User, now: datetime) -> None:
    """Remove the second factor, in force or not yet, that was set up before anybody proved to own the account.

    Call it under the owner's lock.
    """
    was_on = _find_factor(owner.pk) is not None
    SecondFactor.objects.filter(user_id=owner.pk).delete()
    if was_on:
        record_event(user_id=owner.pk, action=DISABLED)
        queue_notice(user=owner, kind=MailKind.SECOND_FACTOR_DISABLED, now=now)


def reencrypt_secrets() -> int:
    """Encrypt every secret with the first key, all or none. Return their number. Raises UnreadableSecret."""
    count = 0
    for user_id in SecondFactor.objects.order_by("pk").values_list("user_id", flat=True):
        with owner_transaction(user_id):
            factor = SecondFactor.objects.filter(user_id=user_id).first()
            if factor is not None:
                factor.secret = reencrypt_secret(stored=factor.secret)
                factor.save(update_fields=["secret"])
                count += 1
    return count


def _find_factor(user_id: int) -> SecondFactor | None:
    return SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).first()


def _prove_factor(user_id: int, code: str, now: datetime) -> SecondFactor:
    factor = _find_factor(user_id)
    if factor is None:
        raise SecondFactorIsOff
    if not _use_code(factor, code, now):
        raise WrongCode("Invalid code.", field="otp")
    return factor


def _use_code(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Whether a code is good; if so, it is used up. The row was read under the owner's lock."""
    code = domain.normalize_code(code=code)
    if domain.is_totp(code=code):
        return _use_totp(factor, code, now)
    digest = domain.hash_backup_code(code=code, user_id=factor.user_id)
    deleted, _by_model = factor.backup_codes.filter(digest=digest).delete()
    return deleted == 1


def _use_totp(factor: SecondFactor, code: str, now: datetime) -> bool:
    if not domain.is_totp(code=code):
        return False
    try:
        secret = decrypt_secret(stored=factor.secret)
    except UnreadableSecret:
        logger.error("the second factor of user %s cannot be decrypted: a key is missing", factor.user_id)
        return False
    step = domain.find_step(code=code, secret=secret, now=now, used=factor.used_steps, hotp=hotp)
    if step is None:
        return False
    factor.used_steps = domain.add_used_step(used=factor.used_steps, step=step)
    factor.save(update_fields=["used_steps"])
    return True


def _replace_backup_codes(factor: SecondFactor) -> list[str]:
    numbers = (secrets.randbits(domain.BACKUP_CODE_BITS) for _code in range(domain.BACKUP_CODES))
    codes = [domain.format_backup_code(number=number) for number in numbers]
    factor.backup_codes.all().delete()
    BackupCode.objects.bulk_create(
        BackupCode(factor=factor, digest=domain.hash_backup_code(code=code, user_id=factor.user_id)) for code in codes
    )
    return codes


def _format_otpauth_url(*, secret: bytes, account: str) -> str:
    """Return the address in the QR code."""
    return (
        f"otpauth://totp/{_ISSUER}:{quote(account, safe='')}?secret={domain.format_secret(secret=secret)}"
        f"&issuer={_ISSUER}&algorithm=SHA1&digits={domain.DIGITS}&period={domain.STEP_SECONDS}"
    )
