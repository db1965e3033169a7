"""Settings, in one file. Everything that differs between installations comes from the environment.

``docs/operating.md`` lists the variables. Each may be given as ``NAME`` or, for secrets, as
``NAME_FILE`` with the path of a file that holds the value.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

from clinic import keys, log

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
# A variable that is set to nothing, as compose files and shells leave them, is one that is not set.
env.ENVIRON = environ.FileAwareMapping({name: value for name, value in os.environ.items() if value})

# --- Where things lie -------------------------------------------------------------------------

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
EMBEDDED_DATABASE = DATA_DIR / "causeway.sqlite3"
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")

# --- What this installation is ----------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# `manage.py up` leaves the marker where it made a demonstration.
DEMO = env.bool("CAUSEWAY_DEMO", default=(DATA_DIR / "demo").exists())
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://{HOST}:{PORT}").rstrip("/")
TLS = PUBLIC_URL.startswith("https://")
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)

public_host = urlsplit(PUBLIC_URL).hostname or "localhost"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ALLOWED_HOSTS = [public_host]
if public_host in LOOPBACK:
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if TLS else []

# --- Keys -------------------------------------------------------------------------------------

KEYS_FILE = Path(env.str("KEYS_FILE", default=str(DATA_DIR / "keys" / "keyring")))
if (
    not DATABASE_URL
    and not env.str("KEYS_FILE", default="")
    and not env.str("SECRET_KEY", default="")
) or sys.argv[1:2] == ["init_keys"]:
    # The embedded default makes its own keys on the first start, and only then; elsewhere
    # somebody asks for them.
    keys.ensure_keys(DATA_DIR / "keys", data_exists=EMBEDDED_DATABASE.exists())
SECRET_KEY = (
    env.str("SECRET_KEY", default="") or keys.read_private(DATA_DIR / "keys" / "secret-key").strip()
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# --- The application --------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "csp",
    "clinic",
    "assessments",
]

MIDDLEWARE = [
    "clinic.middleware.client_address",
    "clinic.middleware.security_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "clinic.middleware.session_limits",
    "clinic.handed.keep_to_the_form",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.middleware.practice_time_zone",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
ASGI_APPLICATION = "clinic.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

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
                "clinic.views.base.page_context",
                "assessments.context.inbox_count",
                "assessments.context.evidence_words",
            ],
        },
    }
]

# --- Database, cache, tasks -------------------------------------------------------------------

if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": EMBEDDED_DATABASE}}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Several processes write: without IMMEDIATE half of them fail with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL, since a submitted answer must survive a power cut.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c statement_timeout=5s -c lock_timeout=2s"
    )

# Rate limits need a cache that all processes share. It is the database's, also beside Redis: no
# request may wait for a broker (docs/adr/0018).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "clinic_cache",
        # Full, it throws away entries at random: far from what limits hold.
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10},
    }
}

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 300
CELERY_TASK_TIME_LIMIT = 330
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
    }
    if REDIS_URL
    else {}
)
# How often the outbox is looked at, in seconds.
NOTICES_EVERY = env.float("NOTICES_EVERY", default=20.0)
# Rows are the truth: each sweep looks for what is due, so a missed beat costs a minute, not a form.
CELERY_BEAT_SCHEDULE = {
    "open occasions": {"task": "assessments.tasks.sweep_occasions", "schedule": 60.0},
    "write occasions ahead": {"task": "assessments.tasks.write_occasions", "schedule": 3600.0},
    "read calendars": {"task": "assessments.tasks.read_calendars", "schedule": 3600.0},
    "deliver notices": {"task": "clinic.tasks.sweep_notices", "schedule": NOTICES_EVERY},
    "refresh standings": {"task": "assessments.tasks.sweep_standings", "schedule": 300.0},
    "write digests": {"task": "assessments.tasks.write_digests", "schedule": 120.0},
    # At night, several times, since one sweep stops after some minutes with what it has done.
    "estimate psychometrics": {
        "task": "assessments.tasks.estimate_psychometrics",
        "schedule": crontab(hour="2-4", minute="*/10"),
    },
}

# --- People and sign-in -----------------------------------------------------------------------

AUTH_USER_MODEL = "clinic.User"
# The address is unique without regard to case, by a constraint on Lower("email").
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "clinic.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "clinic.adapter.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/h/ip",
    "login_failed": "5/15m/key,60/h/ip",
    "reset_password": "20/h/ip,3/h/key",
    "reset_password_from_key": "20/h/ip",
    "change_password": "5/h/user",
    "reauthenticate": "10/15m/user",
}
PASSWORD_RESET_TIMEOUT = 60 * 60
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "clinic.passwords.GuessableValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

# --- Sessions, cookies, headers ---------------------------------------------------------------

HOST_PREFIX = "__Host-" if TLS else ""
SESSION_COOKIE_NAME = f"{HOST_PREFIX}session"
SESSION_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_LIMIT = timedelta(minutes=env.int("SESSION_IDLE_MINUTES", default=15))
SESSION_ABSOLUTE_LIMIT = timedelta(hours=12)
CSRF_COOKIE_NAME = f"{HOST_PREFIX}csrf"
CSRF_COOKIE_SECURE = TLS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "clinic.views.base.csrf_failure"
FORM_COOKIE_NAME = f"{HOST_PREFIX}form"
HANDED_COOKIE_NAME = f"{HOST_PREFIX}handed"

SECURE_SSL_REDIRECT = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 63_072_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_HSTS_PRELOAD = TLS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not no-referrer: Chromium then sends "Origin: null" and the CSRF check refuses every form.
SECURE_REFERRER_POLICY = "strict-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# --- API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": [
        "clinic.api.authentication.DenyUnlessStated",
        "clinic.api.authentication.HasScope",
    ],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "clinic.api.authentication.ScopedTokenAuthentication",
        "clinic.api.authentication.StaffSessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": ["clinic.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "clinic.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "clinic.api.errors.handle",
    "DEFAULT_THROTTLE_CLASSES": ["clinic.api.authentication.TokenRateThrottle"],
    # The visitor's address is settled by client_address; a header they send counts for nothing.
    "NUM_PROXIES": 0,
    "DEFAULT_THROTTLE_RATES": {"token": "120/min"},
    # JSON is all there is: no "?format=", no ".json".
    "URL_FORMAT_OVERRIDE": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Causeway API",
    "VERSION": "1",
    "DESCRIPTION": (
        "Clients, their forms and their movement, for programs that act for a member of a "
        "practice: a program sees exactly what that member sees on the pages."
    ),
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "TAGS": [
        {"name": "Clients", "description": "Who they are, where they stand, how they move."},
        {"name": "Assignments", "description": "Which form a client is given, and how often."},
        {
            "name": "Occasions",
            "description": "When each form is due, links that open it, and answers sent to it.",
        },
        {
            "name": "Responses and scores",
            "description": "What was answered, and what it gives.",
        },
    ],
    "POSTPROCESSING_HOOKS": ["clinic.api.schema.add_errors"],
}

# --- Language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "clinic" / "locale", BASE_DIR / "assessments" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files and messages -----------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Without a build step the embedded default serves static files from where they lie.
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Calendars of clinicians, put there by a program of the practice; none is fetched from the net.
CALENDAR_DIR = Path(env.str("CALENDAR_DIR")) if env.str("CALENDAR_DIR", default="") else None

DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Causeway <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"

# A gateway that takes text messages as JSON; without one they become files.
SMS_URL = env.str("SMS_URL", default="")
SMS_TOKEN = env.str("SMS_TOKEN", default="")
SMS_FROM = env.str("SMS_FROM", default="")
SMS_TIMEOUT = 10
SMS_FILE_PATH = DATA_DIR / "sms"

# --- Log -------------------------------------------------------------------------------------

LOGGING = log.LOGGING
