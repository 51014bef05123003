"""Settings of the project, read from the environment (twelve-factor).

`CPC_ENV` is `development` (default), `test`, or `production`. Production does not start without `SECRET_KEY`,
`ALLOWED_HOSTS`, and `DATABASE_URL`; elsewhere each has a working default. Each part has its own module.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from cpc import localdb
from cpc.database.addresses import addresses
from cpc.settings.audit import *
from cpc.settings.background import *
from cpc.settings.environment import *
from cpc.settings.identity import *
from cpc.settings.openid import *
from cpc.settings.operations import *
from cpc.settings.recovery import *
from cpc.settings.rest import *
from cpc.settings.scanner import *
from cpc.settings.sessions import *


def secret_key() -> str:
    """Return the key that signs sessions.

    Raises `ImproperlyConfigured` in production if it can be guessed.
    """
    value = required("SECRET_KEY", "development-only-key-that-production-refuses-to-run-without")
    if PRODUCTION and (len(value) < 50 or len(set(value)) < 12 or value.startswith("development-only")):
        raise ImproperlyConfigured(
            f"SECRET_KEY is too easy to guess: it has {len(value)} characters, {len(set(value))} of them different. "
            "Set 50 random characters or more, such as `python3 -c 'import secrets; "
            "print(secrets.token_urlsafe(50))'` prints."
        )
    return value


def allowed_hosts() -> list[str]:
    """Return the host names of this site.

    Raises `ImproperlyConfigured` for a wildcard in production, since links in email could then lead to another site.
    """
    names = required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
    hosts = [name.strip() for name in names if name.strip()]
    if PRODUCTION and (not hosts or any(set(host) & set("*/: ") and not host.startswith("[") for host in hosts)):
        raise ImproperlyConfigured(
            f"ALLOWED_HOSTS={','.join(hosts)} is not a list of host names. List each host, such as cpc.example, "
            "without wildcard, scheme, or port; .cpc.example covers a domain with all of its hosts."
        )
    return hosts


SECRET_KEY = secret_key()
# Keys before this one: their sessions, links, and secrets of webhooks stay valid until they are removed here.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = allowed_hosts()
SITE_URL = env("SITE_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "cpc.accounts",
    "cpc.audit",
    "cpc.notifications",
    "cpc.api",
    "cpc.web",
    "cpc.sessions",
    "cpc.people",
    "cpc.identity",
    "cpc.openid",
    "cpc.saved_views",
    "cpc.changes",
    "cpc.search",
    "cpc.webhooks",
    "cpc.recovery",
    "cpc.retention",
    "cpc.site",
    "indicators",
    "selection",
    "partnerships",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "cpc.database.apps.TriggersConfig",
    "rest_framework",
    "cpc.startup.StartupConfig",
]

MIDDLEWARE = [
    "cpc.site.middleware.LivenessMiddleware",
    "cpc.site.middleware.MetricsMiddleware",
    "cpc.audit.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cpc.web.middleware.PrivateResponsesMiddleware",
    "cpc.api.middleware.ApiResponsesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cpc.identity.middleware.SecondFactorMiddleware",
    "cpc.sessions.middleware.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cpc.audit.disclosures.DisclosuresMiddleware",
    "cpc.web.middleware.ReadableAddressMiddleware",
    "cpc.site.uploads.ScannedUploads",
]

ROOT_URLCONF = "cpc.urls"
WSGI_APPLICATION = "cpc.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cpc.site.context.site",
            ],
            "builtins": [f"cpc.web.templatetags.{name}" for name in ("web", "parts", "tables", "lists")],
        },
    }
]

LOCAL_DATABASE = localdb.TEST if ENVIRONMENT == "test" else localdb.DEMO
DATABASE = addresses(
    required("DATABASE_URL", LOCAL_DATABASE.application_url),
    env("DATABASE_OWNER_URL") or ("" if env("DATABASE_URL") else LOCAL_DATABASE.url),
    may_assume=not PRODUCTION,
    one_session=ENVIRONMENT == "test",
)
DATABASES = {
    "default": guarded(DATABASE.application, session_limits(has_broker=bool(REDIS_URL)), env("DATABASE_PASSWORD"))
}
# The owner migrates, which takes the time that it takes.
DATABASE_OWNER = DATABASE.owner and guarded(DATABASE.owner, {}, env("DATABASE_OWNER_PASSWORD"))
APPLICATION_ROLE = DATABASE.role
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Migrations create tables; `cpc.database.installation` installs the triggers that the models declare.
PGTRIGGER_MIGRATIONS = False

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "cpc.accounts.validators.CommonPartValidator"},
    {"NAME": "cpc.accounts.validators.DistinctCharactersValidator"},
    {"NAME": "cpc.accounts.validators.PatternValidator"},
    {"NAME": "cpc.accounts.validators.KnownNamesValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "cpc.people.adapter.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_FORMS = {"change_password": "cpc.people.forms.PasswordForm", "login": "cpc.people.forms.SignInForm"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# Sign-in attempts are limited by the visitor's IP address, which in production is behind the proxy's.
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0, least=0)

EMAIL_HOST = required("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env("EMAIL_USE_TLS", "1") == "1"
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", "CPC Partnerships <no-reply@cpc.example>")
OFFICE_EMAIL = env("OFFICE_EMAIL", "tip-office@cpc.example")

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
# Serve only stylesheets and scripts of vendor: the outlines of countries are drawn on the server, never sent.
_STATIC = (("", BASE_DIR / "cpc" / "web" / "assets"), ("uswds", BASE_DIR / "vendor" / "uswds"))
STATICFILES_DIRS = [(prefix, path) for prefix, path in _STATIC if path.is_dir()]
STORAGES = {
    "default": file_storage(),
    "staticfiles": {
        "BACKEND": "cpc.web.static_files.HashedFiles"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION  # finds a file on request, instead of all files at start
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(BASE_DIR / ".cpc" / "files")))
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # a folder of the narratives of one year: indicators/updates/bundling.py
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a sheet of 250 rows: cpc/web/sheets/rows.py

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = env("SECURE_SSL_REDIRECT", "1") == "1"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# No page uses any of them, and a script that got in must not either.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
    )
)
# The contact is confirmed at each deployment: without a date, /.well-known/security.txt expires 330 days after it.
SECURITY_CONTACT = env("SECURITY_CONTACT", f"mailto:{OFFICE_EMAIL}")
SECURITY_CONTACT_EXPIRES = day_or(env("SECURITY_CONTACT_EXPIRES"), dt.date.today() + dt.timedelta(days=330))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The publisher in IATI files. State publishes foreign assistance as US-GOV-11; identifiers of activities begin with it.
IATI_REPORTING_ORGANIZATION = env("IATI_REPORTING_ORGANIZATION", "US-GOV-11")
IATI_REPORTING_NAME = env("IATI_REPORTING_NAME", "United States, Department of State")

LOG_FORMAT = env("LOG_FORMAT", "json" if PRODUCTION else "line")
if LOG_FORMAT not in ("json", "line"):
    raise ImproperlyConfigured(f"LOG_FORMAT={LOG_FORMAT} is not valid. Set it to json or line.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "cpc.logs.formatters.JsonFormatter"},
        "line": {
            "()": "cpc.logs.formatters.MaskingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING" if ENVIRONMENT == "test" else "INFO")},
    # Without a broker a task is a call within the request, without a worker's log; its exceptions are raised there.
    "loggers": {} if REDIS_URL else {"celery.app.trace": {"level": "WARNING"}, "kombu.connection": {"level": "ERROR"}},
}
