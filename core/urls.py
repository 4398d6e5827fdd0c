"""Every public route on one page."""

from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

from core.accounts.pages import EmailLinkPage, PasswordLinkPage, UsernameLinkPage
from core.accounts.views import (
    AccountViewSet,
    BackupCodesView,
    LoginView,
    LogoutView,
    RefreshView,
    SecondFactorView,
    SessionViewSet,
    TotpConfirmView,
    TotpView,
    VerifyView,
)
from core.accounts.views.choices import HolidayCalendarViewSet, LanguageViewSet, TimezoneViewSet
from core.allowance.views import AllowanceViewSet, UpcomingViewSet
from core.audit.views import AuditEventViewSet
from core.currencies.views import CurrencyViewSet
from core.ledger.views import (
    CategoryViewSet,
    ExpenseOccurrenceViewSet,
    ExpenseViewSet,
    IncomeOccurrenceViewSet,
    IncomeViewSet,
    ReconciliationViewSet,
    SavingsGoalViewSet,
    TransactionViewSet,
    WhatIfView,
)
from core.operations.about import AboutView
from core.operations.health import live, ready
from core.operations.metrics import metrics
from core.schema.document import Document
from core.schema.guide_text import GUIDE
from core.schema.pages import make_document_urls
from core.web.pages import APP_ROUTES, app_home, app_page, favicon

router = DefaultRouter()
router.include_root_view = False
router.include_format_suffixes = False
# The most frequent routes first: a path is compared with one route after the other.
router.register("allowance", AllowanceViewSet, basename="allowance")
router.register("transaction", TransactionViewSet, basename="transaction")
router.register("income", IncomeViewSet, basename="income")
router.register("expense", ExpenseViewSet, basename="expense")
router.register(r"income/(?P<id>[0-9]+)/occurrences", IncomeOccurrenceViewSet, basename="income-occurrence")
router.register(r"expense/(?P<id>[0-9]+)/occurrences", ExpenseOccurrenceViewSet, basename="expense-occurrence")
router.register("savings-goal", SavingsGoalViewSet, basename="savings-goal")
router.register("reconciliation", ReconciliationViewSet, basename="reconciliation")
router.register("upcoming", UpcomingViewSet, basename="upcoming")
router.register("category", CategoryViewSet, basename="category")
router.register("currencies", CurrencyViewSet, basename="currency")
router.register("timezones", TimezoneViewSet, basename="timezone")
router.register("holiday-calendars", HolidayCalendarViewSet, basename="holiday-calendar")
router.register("languages", LanguageViewSet, basename="language")
router.register("audit", AuditEventViewSet, basename="audit")

accounts_router = DefaultRouter()
accounts_router.include_root_view = False
accounts_router.include_format_suffixes = False
accounts_router.register("users", AccountViewSet, basename="user")
accounts_router.register("sessions", SessionViewSet, basename="session")

document = Document(GUIDE)

urlpatterns = [
    path("api/", AboutView.as_view(), name="about"),
    path("api/allowance/what-if/", WhatIfView.as_view(), name="what-if"),
    path("api/", include(router.urls)),
    path("api/auth/jwt/create/", LoginView.as_view(), name="jwt-create"),
    path("api/auth/jwt/refresh/", RefreshView.as_view(), name="jwt-refresh"),
    path("api/auth/jwt/verify/", VerifyView.as_view(), name="jwt-verify"),
    path("api/auth/jwt/logout/", LogoutView.as_view(), name="jwt-logout"),
    path("api/auth/2fa/", SecondFactorView.as_view(), name="2fa"),
    path("api/auth/2fa/totp/", TotpView.as_view(), name="2fa-totp"),
    path("api/auth/2fa/totp/confirm/", TotpConfirmView.as_view(), name="2fa-totp-confirm"),
    path("api/auth/2fa/backup-codes/", BackupCodesView.as_view(), name="2fa-backup-codes"),
    path("api/auth/", include(accounts_router.urls)),
    path("", app_home, name="app-home"),
    re_path(rf"^(?:{'|'.join(APP_ROUTES)})(?:/[^.]*)?$", app_page, name="app-page"),
    path("favicon.ico", favicon, name="favicon"),
    path("email/verify/<uid>/<token>", EmailLinkPage.as_view(), name="email-link"),
    path("password/reset/confirm/<uid>/<token>", PasswordLinkPage.as_view(), name="password-link"),
    path("username/reset/confirm/<uid>/<token>", UsernameLinkPage.as_view(), name="username-link"),
    path("health/live/", live, name="health-live"),
    path("health/ready/", ready, name="health-ready"),
    path("metrics", metrics, name="metrics"),
    *make_document_urls(document),
]
