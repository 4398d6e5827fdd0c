"""Accounts over HTTP."""

from core.accounts.views.account import AccountViewSet
from core.accounts.views.second_factor import BackupCodesView, SecondFactorView, TotpConfirmView, TotpView
from core.accounts.views.session_list import SessionViewSet
from core.accounts.views.sessions import LoginView, LogoutView, RefreshView, VerifyView

__all__ = [
    "AccountViewSet",
    "BackupCodesView",
    "LoginView",
    "LogoutView",
    "RefreshView",
    "SecondFactorView",
    "SessionViewSet",
    "TotpConfirmView",
    "TotpView",
    "VerifyView",
]
