"""Settings of the service, all from the environment. docs/operations.md lists every variable.

Two kinds of running: a demonstration or a test (`KESHI_DEMO=1`, keys and database made under `.keshi/`), and
production, where nothing secret has a default and a missing variable stops the start with its name.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from keshi_web.config import logs

env = environ.Env()

CHECKOUT = Path(__file__).resolve().parents[3]
HOME = Path(env("KESHI_HOME", default=str(CHECKOUT / ".keshi")))
"""Where the embedded database, uploads and, in a demonstration, keys live."""

DEMO = env.bool("KESHI_DEMO", default=False)
TESTING = env.bool("KESHI_TESTING", default=False)
LOCAL = DEMO or TESTING
DEBUG = LOCAL and env.bool("KESHI_DEBUG", default=False)

SECRET_KEY = env(
    "KESHI_SECRET_KEY", default="only-for-demonstrations-and-tests-never-for-people" if LOCAL else env.NOTSET
)
VAULT_KEYS = Path(env("KESHI_VAULT_KEYS", default=str(HOME / "keys.json") if LOCAL else env.NOTSET))
"""File with the keys of the identity vault; outside the database and outside its backups."""

ALLOWED_HOSTS = env.list("KESHI_HOSTS", default=["*"] if LOCAL else env.NOTSET)
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]
BASE_URL = env("KESHI_BASE_URL", default="http://localhost:8000" if LOCAL else env.NOTSET)

# ---------------------------------------------------------------------------------------------------------
# Applications: an app imports only apps listed before it (pyproject.toml, import-linter)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "axes",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "procrastinate.contrib.django",
    "keshi_web.common",
    "keshi_web.ui",
    "keshi_web.files",
    "keshi_web.regions",
    "keshi_web.accounts",
    "keshi_web.organisations",
    "keshi_web.people",
    "keshi_web.schemes",
    "keshi_web.workflow",
    "keshi_web.documents",
    "keshi_web.catalogue",
    "keshi_web.classes",
    "keshi_web.portal",
    "keshi_web.api",
    "keshi_web.config",
]

MIDDLEWARE = [
    "keshi_web.config.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "keshi_web.common.headers.PrivateAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "keshi_web.accounts.middleware.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
    "keshi_web.config.middleware.Refusals",
]

ROOT_URLCONF = "keshi_web.config.urls"
ASGI_APPLICATION = "keshi_web.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "keshi_web.ui.context.shell",
            ],
        },
    }
]

# ---------------------------------------------------------------------------------------------------------
# Database


def _database() -> tuple[dict[str, object], dict[str, object]]:
    """The application's access, and that of backups, whose role row-level security does not bind."""
    if LOCAL and not env("DATABASE_URL", default=""):
        from keshi_web.config import postgres

        running = postgres.ensure_running(HOME / "postgres", durable=not TESTING)
        own = running.django_settings()
        return own, {**own, "USER": postgres.OWNER}
    own = env.db("DATABASE_URL")
    return own, env.db("KESHI_ADMIN_DATABASE_URL") if env("KESHI_ADMIN_DATABASE_URL", default="") else own


_own, DATABASE_ADMIN = _database()
POSTGRES_PROGRAMS = env("KESHI_POSTGRES_PROGRAMS", default="")
"""Folder with pg_dump and pg_restore for backups; empty: those of the embedded PostgreSQL 18."""
THREADS = env.int("KESHI_THREADS", default=24)
"""In which the requests of a web process take turns, each with its own connection to the database."""
DATABASES = {"default": {**_own, "ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}

# ---------------------------------------------------------------------------------------------------------
# Sign-in

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_IDLE_MINUTES = env.int("KESHI_IDLE_MINUTES", default=30)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
SIGN_IN_ATTEMPTS_KEPT = env.int("KESHI_SIGN_IN_ATTEMPTS_KEPT", default=180)
"""Days: the law on cyber security asks for six months of logs."""
AXES_LOCKOUT_CALLABLE = "keshi_web.accounts.views.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "keshi_web.accounts.attempts.username_digest"
AXES_DISABLE_ACCESS_LOG = True  # the security log of accounts holds it, without what was typed
AXES_VERBOSE = False

# ---------------------------------------------------------------------------------------------------------
# Transport, content policy

HTTPS = env.bool("KESHI_HTTPS", default=not LOCAL)
# A browser takes a cookie with this prefix from this host alone, over TLS: no neighbour under the same domain sets one.
_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_PREFIX}sessionid", f"{_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
CSRF_FAILURE_VIEW = "keshi_web.config.errors.csrf_failure"
SECURE_REDIRECT_EXEMPT = [r"^health/"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF, "'unsafe-inline'"],
        "script-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# ---------------------------------------------------------------------------------------------------------
# Language and time

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "keshi_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
FILTERS_EMPTY_CHOICE_LABEL = _("全部")
"""What a filter of choices says before one is made."""
DEMO_TODAY = env("KESHI_TODAY", default="")
"""Demonstrations and tests only: the day on which the service believes to be."""

# ---------------------------------------------------------------------------------------------------------
# Files

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("KESHI_STATIC", default=str(HOME / "static")))
if LOCAL:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # stays empty: files come from where they are
VENDOR = Path(env("KESHI_VENDOR", default=str(CHECKOUT / ".keshi" / "vendor")))
"""Tabler, htmx, ECharts and fonts, put there by scripts/assets.py."""
STATICFILES_DIRS = [("vendor", VENDOR)] if VENDOR.is_dir() else []
FONTS_DIR = Path(env("KESHI_FONTS", default=str(CHECKOUT / ".keshi" / "fonts")))
"""Noto Sans SC and Noto Serif SC, regular and bold, for PDF."""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = env.bool("KESHI_DEMO", default=False)
"""A style sheet edited beside the running demonstration is served as it is now; with the length noted at the start, the
answer would break off."""
MEDIA_ROOT = Path(env("KESHI_UPLOADS", default=str(HOME / "uploads")))
"""Outside the web root: uploads are served as attachments by a view, never by address."""
LEAST_DISK = env.int("KESHI_LEAST_DISK_MB", default=500) * 1024 * 1024
"""Bytes that must be free for uploads, or /health/ says so."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
API_REQUESTS_PER_MINUTE = env.int("KESHI_API_REQUESTS_PER_MINUTE", default=600)
"""For each token of the interface for other systems."""
SILENCED_SYSTEM_CHECKS: list[str] = []

# ---------------------------------------------------------------------------------------------------------
# Personal data

RETENTION = env.dict("KESHI_RETENTION", cast={"value": int}, default={})
"""Days to keep a kind of personal data, where it is not as people/data/retention.toml says."""

# ---------------------------------------------------------------------------------------------------------
# Messages outwards

EMAIL_BACKEND = env("KESHI_EMAIL_BACKEND", default="django.core.mail.backends.console.EmailBackend")
SMS_BACKEND = env("KESHI_SMS_BACKEND", default="keshi_web.workflow.sms.ConsoleSms")
SMS_GATEWAY = {
    "url": env("KESHI_SMS_URL", default=""),
    "key": env("KESHI_SMS_KEY", default=""),
    "secret": env("KESHI_SMS_SECRET", default=""),
    "sign": env("KESHI_SMS_SIGN", default=""),
    "timeout": env.int("KESHI_SMS_TIMEOUT", default=5),
}
"""For `keshi_web.workflow.sms.HttpSms`; its module says what each is."""
DEFAULT_FROM_EMAIL = env("KESHI_FROM_EMAIL", default="keshi@localhost")

# ---------------------------------------------------------------------------------------------------------
# Logs

LOGGING = logs.set_up(
    readable=env.bool("KESHI_LOG_READABLE", default=LOCAL),
    level=env("KESHI_LOG_LEVEL", default="WARNING" if TESTING else "INFO"),
)
