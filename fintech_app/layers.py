"""What surrounds a request, outermost first: the order matters, and each list is complete.

`core.web.lanes` says why there are two.
"""

PAGES = [
    # A call of the API leaves here.
    "core.web.lanes.ApiLaneMiddleware",
    "core.web.middleware.RequestContextMiddleware",
    # What every answer carries stands before whatever may answer by itself.
    "core.web.guards.AnswerHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.operations.middleware.HealthMiddleware",
    "core.operations.middleware.RequestCountMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "core.web.guards.HostMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.web.middleware.DatabaseAwayMiddleware",
    "core.web.guards.BodyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# The same order for what both have.
API = [
    "core.web.middleware.RequestContextMiddleware",
    "core.web.guards.AnswerHeadersMiddleware",
    "core.operations.middleware.RequestCountMiddleware",
    "core.web.guards.TransportMiddleware",
    "core.web.guards.HostMiddleware",
    "core.web.middleware.CrossOriginMiddleware",
    "core.accounts.middleware.RefusedLoginMiddleware",
    "core.web.middleware.DatabaseAwayMiddleware",
    "core.web.guards.DebugPagesMiddleware",
    "core.web.guards.BodyMiddleware",
    "core.web.middleware.ConditionalGetMiddleware",
    "core.web.middleware.LanguageMiddleware",
]
