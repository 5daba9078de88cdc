"""Every setting of the site. Values that change from one machine to another come from `YOLE_…` variables: docs/operations.md."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import django.conf.locale
from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from yole.base import paths
from yole.base.database import urls_for_settings
from yole.base.environment import env_bool, env_int, env_list, env_text
from yole.kernel.errors import InputError

DATA_DIR = paths.ensure_data_dir()
DEBUG = env_bool("YOLE_DEBUG")
SECRET_KEY = env_text("YOLE_SECRET_KEY") or paths.secret("site-secret")

BASE_URL = env_text("YOLE_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
_base = urlsplit(BASE_URL)
if _base.scheme not in {"http", "https"} or not _base.hostname:
    raise InputError("réglage YOLE_BASE_URL", found=BASE_URL, expected="https://yole.exemple.fr")
HTTPS = _base.scheme == "https"
ALLOWED_HOSTS = env_list("YOLE_ALLOWED_HOSTS") or sorted({_base.hostname, "127.0.0.1", "localhost"})
CSRF_TRUSTED_ORIGINS = [BASE_URL]


# Database: the site works as `yole_app`; `owner` is used by migrations and set-up alone.
def _connection(url: str) -> dict[str, Any]:
    try:
        parts = conninfo_to_dict(url)
    except Exception:
        raise InputError(
            "adresse de base de données illisible",
            found=url.split("@")[-1],
            expected="postgresql://utilisateur:motdepasse@machine:5432/base",
        ) from None
    known = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    settings: dict[str, Any] = {django_name: str(parts.pop(name, "") or "") for name, django_name in known.items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {key: value for key, value in parts.items() if value is not None},
        **settings,
    }


_urls = urls_for_settings()
DATABASES = {"default": _connection(_urls.app), "owner": _connection(_urls.owner)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django.contrib.postgres",
    "axes",
    "allauth",
    "allauth.account",  # required by the next one; none of its pages is served
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
    "yole.base",
    "yole.territory",
    "yole.reference",
    "yole.journal",
    "yole.organisations",
    "yole.people",
    "yole.places",
    "yole.bookings",
    "yole.workshops",
    "yole.events",
    "yole.debates",
    "yole.assessment",
    "yole.activities",
    "yole.rights",
    "yole.passport",
    "yole.advisers",
    "yole.deployment",
    "yole.roadmap",
    "yole.ai_register",
    "yole.web",
    "yole.api",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages of a few kB on slow networks; Django pads them against length attacks
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "yole.base.middleware.ScopeMiddleware",  # row-level security: on whose behalf the database is read
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yole.territory.middleware.TerritoryMiddleware",
    "yole.base.middleware.RefusedMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "yole.config.urls"
WSGI_APPLICATION = "yole.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yole.base.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "yole.base.templatetags.yole"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Accounts
AUTH_USER_MODEL = "organisations.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "yole.organisations.backends.AccountBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "organisations:sign-in"
LOGIN_REDIRECT_URL = "web:start"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
MFA_ADAPTER = "yole.organisations.factors_adapter.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds before and after
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # the name of the field of the form, not of the column: else nobody's attempts are told apart
AXES_USERNAME_CALLABLE = "yole.organisations.throttle.sign_in_name"
AXES_CLIENT_IP_CALLABLE = "yole.organisations.throttle.sign_in_address"
AXES_LOCKOUT_CALLABLE = "yole.organisations.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "langue"
CSRF_FAILURE_VIEW = "yole.base.views.csrf_failure"

# Security headers: nothing from a third party, nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_SSL_REDIRECT = False  # the proxy in front does it: docs/operations.md
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("YOLE_BEHIND_PROXY") else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Languages: French is the source. Creole is offered by a territory once its catalogue is filled.
django.conf.locale.LANG_INFO["gcf"] = {
    "bidi": False,
    "code": "gcf",
    "name": "Antillean Creole",
    "name_local": "kréyòl",
    "name_translated": "créole",
}
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English"), ("gcf", "Kréyòl")]
LOCALE_PATHS = [paths.PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # stored; each territory has its own, set for each request
FORMAT_MODULE_PATH = ["yole.config.formats"]

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(DATA_DIR / "files")}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MAX_AGE = 3600

# Mail: to a server when YOLE_EMAIL_URL is given, else to files of the data directory.
_mail = urlsplit(env_text("YOLE_EMAIL_URL"))
if _mail.scheme in {"smtp", "smtps"} and _mail.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp" and _mail.query != "tls=0"
    EMAIL_TIMEOUT = 20
elif _mail.geturl():
    raise InputError("réglage YOLE_EMAIL_URL", found=_mail.scheme, expected="smtp://utilisateur:motdepasse@machine:587")
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "outbox")
DEFAULT_FROM_EMAIL = env_text("YOLE_EMAIL_FROM", "Yole <ne-pas-repondre@yole.invalid>")
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    raise InputError("réglage YOLE_EMAIL_FROM", found=DEFAULT_FROM_EMAIL, expected="Yole <adresse@exemple.fr>")
SMS_BACKEND = env_text("YOLE_SMS_BACKEND", "file")
if SMS_BACKEND not in {"file", "console"}:
    raise InputError("réglage YOLE_SMS_BACKEND", found=SMS_BACKEND, expected="file ou console")

# Background work
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Web server of `yole serve`
WEB_PROCESSES = env_int("YOLE_WEB_PROCESSES", 2, low=1, high=64)
WEB_THREADS = env_int("YOLE_WEB_THREADS", 3, low=1, high=64)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "yole": {"level": "INFO"},
        "axes": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS = ["axes.W001", "axes.W003"]
