"""Requests with a password or a mailed link. The bodies are djoser's."""

from typing import Any

from rest_framework import serializers

from core.accounts.serializers.fields import PasswordField
from core.accounts.serializers.profile import UsernameSerializer

_LONGEST_LINK_PART = 255


class CurrentPasswordSerializer(serializers.Serializer[Any]):
    """The current password."""

    current_password = PasswordField()


class SetPasswordSerializer(CurrentPasswordSerializer):
    """A new password, by the current one."""

    new_password = PasswordField()


class SetUsernameSerializer(UsernameSerializer, CurrentPasswordSerializer):
    """A new username, by the password."""


class EmailSerializer(serializers.Serializer[Any]):
    """The address of an account."""

    email = serializers.EmailField(max_length=254)


class LinkSerializer(serializers.Serializer[Any]):
    """The two parts of a mailed link."""

    uid = serializers.CharField(max_length=_LONGEST_LINK_PART)
    token = serializers.CharField(max_length=_LONGEST_LINK_PART)


class ResetPasswordSerializer(LinkSerializer):
    """A new password, by a mailed link."""

    new_password = PasswordField()


class ResetUsernameSerializer(LinkSerializer, UsernameSerializer):
    """A new username, by a mailed link."""
