"""Requests and responses about the second factor."""

from typing import Any

from rest_framework import serializers

from core.accounts.serializers.fields import CodeField
from core.accounts.serializers.passwords import CurrentPasswordSerializer


class SecondFactorStatusSerializer(serializers.Serializer[Any]):
    """The state of the second factor."""

    enabled = serializers.BooleanField(help_text="Whether a login takes a code.")
    backup_codes_left = serializers.IntegerField(min_value=0, help_text="How many were not used yet.")


class SetupSerializer(serializers.Serializer[Any]):
    """The secret for an authenticator app, in three forms."""

    secret = serializers.CharField(help_text="Base 32, to type in.")
    otpauth_url = serializers.CharField(help_text="What the QR code says.")
    qr_svg = serializers.CharField(help_text="The QR code, an SVG document.")


class CodeSerializer(serializers.Serializer[Any]):
    """The first code of an authenticator app."""

    code = CodeField()


class PasswordAndCodeSerializer(CurrentPasswordSerializer):
    """A password and a one-time code."""

    otp = CodeField(help_text="TOTP code or backup code.")


class BackupCodesSerializer(serializers.Serializer[Any]):
    """Ten codes, each good once, shown this once."""

    backup_codes = serializers.ListField(
        child=serializers.CharField(), min_length=10, max_length=10, help_text="To be kept where the device is not."
    )
