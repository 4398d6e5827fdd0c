"""All settings. Values come from the environment, parsed by `fintech_app.environment`.

A bad value ends the process with one line that names the variable. A variable that is empty counts as not
set. Secrets may come from files: `SECRET_KEY_FILE=/run/secrets/key` stands for `SECRET_KEY`, and so on for
the names in `_SECRETS`. A file `.env` beside `manage.py` is read where it exists (`ENV_FILE` names another);
what the environment says goes before it. `.env.example` lists every variable with its default.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.kernel.limits import Limit
from fintech_app.environment import (
    env,
    is_origin,
    is_redis_address,
    is_web_address,
    make_folder,
    read,
    read_count,
    read_database,
    read_email,
    read_encryption_keys,
    read_env_file,
    read_hosts,
    read_limit,
    read_origins,
    read_secret_files,
    refuse,
)
from fintech_app.files import is_own_folder, keep_private

BASE_DIR = Path(__file__).resolve().parent.parent

_SECRETS = ("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "FIELD_ENCRYPTION_KEY", "METRICS_TOKEN")

read_env_file(BASE_DIR / ".env")
read_secret_files(_SECRETS)

DEBUG = read(env.bool, "DEBUG", False)
_OWN_DATA_DIR = BASE_DIR / "var"
DATA_DIR = Path(read(env.str, "DATA_DIR", str(_OWN_DATA_DIR)))
# The default folder holds nothing but the service's data. Another one may be shared.
if DATA_DIR == _OWN_DATA_DIR and is_own_folder(DATA_DIR):
    keep_private(DATA_DIR)
keep_private(DATA_DIR / "secret_key")

SECRET_KEY = read(env.str, "SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        refuse("SECRET_KEY", "is missing; without DEBUG there is no start without one")
    SECRET_KEY = "for-development-only-" + "x" * 40
elif not DEBUG and len(SECRET_KEY) < 32:
    refuse("SECRET_KEY", "is shorter than 32 characters")

FIELD_ENCRYPTION_KEYS = read_encryption_keys(secret_key=SECRET_KEY)

# ---- Addresses ------------------------------------------------------------------------------------

# Where gunicorn listens, and with how many workers and threads; see gunicorn.conf.py.
HOST = read(env.str, "HOST", "127.0.0.1")
PORT = read_count("PORT", 8000, smallest=1, largest=65535)
WEB_WORKERS = read_count("WEB_WORKERS", 2, smallest=1, largest=64)
WEB_THREADS = read_count("WEB_THREADS", 4, smallest=1, largest=64)
ALLOWED_HOSTS = read_hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
SITE_URL = read(env.str, "SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
if not is_origin(SITE_URL):
    refuse("SITE_URL", "is not the address of a site such as https://allowance.example.org")

CORS_ALLOWED_ORIGINS = read_origins("CORS_ALLOWED_ORIGINS")
CSRF_TRUSTED_ORIGINS = read_origins("CSRF_TRUSTED_ORIGINS")
TRUSTED_PROXIES = read_count("TRUSTED_PROXIES", 0, smallest=0, largest=10)

INSTALLED_APPS = [
    "core.admin.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "django_filters",
    "rest_framework",
    "djoser",
    "drf_yasg",
    "core",
]

# Outermost first.
MIDDLEWARE = [
    "core.web.middleware.context.RequestContextMiddleware",
    # These change every response, also those of the middleware below.
    "core.web.middleware.headers.ResponseHeadersMiddleware",
    "core.web.middleware.content_length.ContentLengthMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.operations.middleware.HealthMiddleware",
    "core.operations.middleware.RequestCountMiddleware",
    "core.web.middleware.forwarded_proto.ForwardedProtoMiddleware",
    "core.operations.logs.StatementLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.web.middleware.host.HostMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.built_app.BuiltAppMiddleware",
    "core.web.middleware.database.DatabaseAwayMiddleware",
    "core.web.middleware.limits.LimitReachedMiddleware",
    "core.web.middleware.debug.DebugPagesMiddleware",
    "core.web.middleware.body.BodyMiddleware",
    "core.web.middleware.conditional.ConditionalGetMiddleware",
    "core.web.middleware.revision.RevisionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# ---- Transport and browsers -----------------------------------------------------------------------

IS_HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Browsers accept a cookie with this prefix from this host alone, and over https.
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
# Sessions of the admin last a working day.
SESSION_COOKIE_AGE = 12 * 60 * 60
# The refresh token of a browser. Servers on several ports of a machine share its cookies, so that each has its own.
REFRESH_COOKIE_NAME = "__Secure-refresh" if IS_HTTPS else f"refresh-{urlsplit(SITE_URL).port or 80}"
SECURE_HSTS_SECONDS = 2 * 365 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
# Only a proxy can say that a call came over https; without one that is trusted every call would be redirected
# to itself. Probes come from inside.
SECURE_REDIRECT_EXEMPT = [r"^health/"] if TRUSTED_PROXIES else [r""]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Pages may load their own files alone. The pages of the API's document set a wider policy.
CONTENT_SECURITY_POLICY = {
    # JSON has a stricter policy: see ResponseHeadersMiddleware.
    "EXCLUDE_URL_PREFIXES": ["/api/"],
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

CORS_URLS_REGEX = r"^/(api/|swagger\.)"
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = ["etag", "idempotent-replayed", "retry-after", "x-request-id", "x-revision"]

ROOT_URLCONF = "fintech_app.urls"
WSGI_APPLICATION = "fintech_app.wsgi.application"
AUTH_USER_MODEL = "core.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# ---- Database -------------------------------------------------------------------------------------

DATABASE_URL = read(env.str, "DATABASE_URL", "") or f"sqlite:///{DATA_DIR / 'app.sqlite3'}"
CONN_MAX_AGE = read_count("CONN_MAX_AGE", 60, smallest=0, largest=86_400)

DATABASES = {"default": read_database(DATABASE_URL, data_dir=DATA_DIR, conn_max_age=CONN_MAX_AGE)}

# ---- Cache, mail ----------------------------------------------------------------------------------

REDIS_URL = read(env.str, "REDIS_URL", "")

if REDIS_URL and not is_redis_address(REDIS_URL):
    refuse("REDIS_URL", "is not a Redis address such as redis://127.0.0.1:6379/0")

# Tasks travel over Redis too. A broker that is away must not hold up a request: connecting fails at once.
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task may run: after this an unfinished task goes to another worker.
    "visibility_timeout": 1800,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
CELERY_TASK_DEFAULT_QUEUE = "allowance"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 900
CELERY_TASK_TIME_LIMIT = 1200
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"

# Read by the Prometheus client when it is imported: the folder must be there before any code counts.
PROMETHEUS_MULTIPROC_DIR = read(env.str, "PROMETHEUS_MULTIPROC_DIR", "")
if PROMETHEUS_MULTIPROC_DIR:
    make_folder("PROMETHEUS_MULTIPROC_DIR", Path(PROMETHEUS_MULTIPROC_DIR))

METRICS_TOKEN = read(env.str, "METRICS_TOKEN", "")

# Mails hold links that log in, so they are printed only where `EMAIL_URL` says so.
EMAIL_URL = read(env.str, "EMAIL_URL", "console:" if DEBUG else "")

globals().update(read_email(EMAIL_URL))
DEFAULT_FROM_EMAIL = read(env.str, "DEFAULT_FROM_EMAIL", "Allowance <no-reply@localhost>")
EMAIL_TIMEOUT = 10
# Off: mail waits for `manage.py deliver_mail`, run from a timer.
MAIL_IN_BACKGROUND = read(env.bool, "MAIL_IN_BACKGROUND", True)

# ---- Exchange rates -------------------------------------------------------------------------------

# The reference rates of the last working day, as the European Central Bank publishes them.
EXCHANGE_RATES_URL = read(
    env.str, "EXCHANGE_RATES_URL", "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
)

if not is_web_address(EXCHANGE_RATES_URL):
    refuse("EXCHANGE_RATES_URL", "is not an http(s) address")

# ---- Accounts -------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["core.accounts.backends.NameOrEmailBackend"]
PASSWORD_HASHERS = [
    "core.accounts.hashers.PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "core.accounts.password_validation.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# How long a mailed link holds.
PASSWORD_RESET_TIMEOUT = 60 * 60

ACCESS_TOKEN_MINUTES = read_count("ACCESS_TOKEN_MINUTES", 10, smallest=1, largest=1440)
REFRESH_TOKEN_DAYS = read_count("REFRESH_TOKEN_DAYS", 30, smallest=1, largest=365)
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=ACCESS_TOKEN_MINUTES),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=REFRESH_TOKEN_DAYS),
    "AUTH_HEADER_TYPES": ("Bearer",),
    "AUTH_TOKEN_CLASSES": ("core.accounts.tokens.AccessToken",),
    # By how many seconds the clocks of several servers may differ. Not for `exp`: see core/accounts/tokens.py.
    "LEEWAY": 10,
    "UPDATE_LAST_LOGIN": False,
}
DJOSER = {
    # djoser's own token login is not used; without this, deleting an account looks for its table.
    "TOKEN_MODEL": None,
    "SERIALIZERS": {
        "user_create": "core.accounts.serializers.RegistrationSerializer",
        "user": "core.accounts.serializers.ProfileSerializer",
        "current_user": "core.accounts.serializers.ProfileSerializer",
        "user_delete": "core.accounts.serializers.CurrentPasswordSerializer",
        "set_password": "core.accounts.serializers.SetPasswordSerializer",
        "set_username": "core.accounts.serializers.SetUsernameSerializer",
        "password_reset": "core.accounts.serializers.EmailSerializer",
        "password_reset_confirm": "core.accounts.serializers.ResetPasswordSerializer",
        "username_reset": "core.accounts.serializers.EmailSerializer",
        "username_reset_confirm": "core.accounts.serializers.ResetUsernameSerializer",
    },
}

# ---- Limits ---------------------------------------------------------------------------------------

# What is counted: `core.limits.throttles` and `core.accounts.services.tries`.
THROTTLES: dict[str, Limit | None] = {
    "login": read_limit("THROTTLE_LOGIN", Limit(calls=10, seconds=15 * 60)),
    "password": read_limit("THROTTLE_PASSWORD", Limit(calls=30, seconds=60)),
    "otp": read_limit("THROTTLE_OTP", Limit(calls=5, seconds=15 * 60)),
    "reset": read_limit("THROTTLE_RESET", Limit(calls=20, seconds=60 * 60)),
    "anon": read_limit("THROTTLE_ANON", Limit(calls=60, seconds=60)),
    "user": read_limit("THROTTLE_USER", Limit(calls=600, seconds=60)),
}

# ---- API ------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.accounts.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["core.limits.throttles.CallThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": "core.web.metadata.PathMetadata",
    "DEFAULT_PARSER_CLASSES": ["core.web.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "core.web.filters.SearchFilter",
    ],
    "DEFAULT_PAGINATION_CLASS": "core.web.pagination.PagePagination",
    "EXCEPTION_HANDLER": "core.web.errors.handle_exception",
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# The parser checks the size of a body first; this limit is for everything else.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

SWAGGER_SETTINGS = {
    "DEFAULT_AUTO_SCHEMA_CLASS": "core.schema.operations.Operation",
    "DEFAULT_FIELD_INSPECTORS": [
        "core.schema.models.PlainInspector",
        "core.schema.models.ModelInspector",
        "core.schema.models.ExactDecimalInspector",
        "drf_yasg.inspectors.ChoiceFieldInspector",
        "drf_yasg.inspectors.DictFieldInspector",
        "drf_yasg.inspectors.JSONFieldInspector",
        "drf_yasg.inspectors.HiddenFieldInspector",
        "drf_yasg.inspectors.RelatedFieldInspector",
        "drf_yasg.inspectors.SerializerMethodFieldInspector",
        "drf_yasg.inspectors.SimpleFieldInspector",
    ],
    "DEFAULT_FILTER_INSPECTORS": ["core.schema.parameters.FilterParameters"],
    "DEFAULT_PAGINATOR_INSPECTORS": ["core.schema.parameters.PageParameters"],
    "SECURITY_DEFINITIONS": {
        "Bearer": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": (
                "Paste the `access` token that `POST /api/auth/jwt/create/` answers. "
                "The header is `Authorization: Bearer <access>`; this page adds the first word by itself."
            ),
        }
    },
    "USE_SESSION_AUTH": False,
    # Expanded models make the page very long.
    "DEFAULT_MODEL_DEPTH": 1,
    "DEFAULT_MODEL_RENDERING": "example",
    "DISPLAY_OPERATION_ID": False,
}
# Expanded errors of all operations make the page slow and hard to read.
REDOC_SETTINGS = {"EXPAND_RESPONSES": "200,201,204"}
SWAGGER_USE_COMPAT_RENDERERS = False

# ---- Languages, time, files ---------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "core" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = Path(read(env.str, "STATIC_ROOT", str(DATA_DIR / "static")))
# An existing folder need not be writable: in the image the file system is read-only.
if not STATIC_ROOT.is_dir():
    make_folder("STATIC_ROOT" if os.environ.get("STATIC_ROOT") else "DATA_DIR", STATIC_ROOT)
# Without collected files, they are served from the packages.
WHITENOISE_USE_FINDERS = not any(STATIC_ROOT.iterdir())

# The built app for browsers. It may be built after the server has started, or not at all.
_APP = read(env.str, "APP", "on")
if _APP not in ("on", "off"):
    refuse("APP", "is neither on nor off")
APP_ENABLED = _APP == "on"
APP_DIR = Path(read(env.str, "APP_DIR", str(BASE_DIR / "clients" / "app" / "dist")))

LOG_LEVEL = read(env.str, "LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    refuse("LOG_LEVEL", "is none of DEBUG, INFO, WARNING, ERROR, CRITICAL")

LOG_FORMAT = read(env.str, "LOG_FORMAT", "line")
if LOG_FORMAT not in ("line", "json"):
    refuse("LOG_FORMAT", "is neither line nor json")
SLOW_QUERY_MS = read_count("SLOW_QUERY_MS", 500, smallest=1, largest=600_000)
if LOG_FORMAT == "json":
    # One line a request is for machines, not for terminals.
    MIDDLEWARE.insert(1, "core.operations.logs.RequestLogMiddleware")

_FORMATTERS: dict[str, dict[str, Any]] = {
    "line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s"},
    "json": {"()": "core.operations.logs.make_json_formatter"},
}
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    # Only the formatter in use is configured: the other one would be imported for nothing.
    "formatters": {LOG_FORMAT: _FORMATTERS[LOG_FORMAT]},
    "filters": {"request_id": {"()": "core.context.RequestIdFilter"}, "links": {"()": "core.context.LinkFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id", "links"]},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
