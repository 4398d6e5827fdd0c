"""The second factor, in and out."""

from typing import Any

from rest_framework import serializers

from core.accounts.serializers.fields import CodeField
from core.accounts.serializers.passwords import CurrentPasswordSerializer


class SecondFactorStatusSerializer(serializers.Serializer[Any]):
    """How things stand."""

    enabled = serializers.BooleanField(help_text="Whether a login takes a code.")
    backup_codes_left = serializers.IntegerField(min_value=0, help_text="How many were not used yet.")


class SetupSerializer(serializers.Serializer[Any]):
    """What an app needs to make codes, in three forms."""

    secret = serializers.CharField(help_text="Base 32, to type in.")
    otpauth_url = serializers.CharField(help_text="What the QR code says.")
    qr_svg = serializers.CharField(help_text="The QR code, an SVG document.")


class CodeSerializer(serializers.Serializer[Any]):
    """The first code of an app."""

    code = CodeField()


class PasswordAndCodeSerializer(CurrentPasswordSerializer):
    """Both factors."""

    otp = CodeField(help_text="TOTP code or backup code.")


class BackupCodesSerializer(serializers.Serializer[Any]):
    """Ten codes, each good once, shown this once."""

    backup_codes = serializers.ListField(
        child=serializers.CharField(), min_length=10, max_length=10, help_text="To be kept where the device is not."
    )
