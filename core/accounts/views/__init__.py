"""Accounts over HTTP."""

from core.accounts.views.account import AccountViewSet
from core.accounts.views.sessions import LoginView, LogoutView, RefreshView, VerifyView

__all__ = ["AccountViewSet", "LoginView", "LogoutView", "RefreshView", "VerifyView"]
