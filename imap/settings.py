"""Settings of the portal. Every value that an installation may choose comes from the environment.

README.md lists the variables. `IMAP_MODE` is `demo` (the default: own servers under var/, demo accounts),
`test` or `production`; production refuses to start half-configured (see `imap.configuration`).
"""

from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django_prose_editor.config import html_tags
from js_asset import static_lazy
from kombu import Exchange, Queue

import devserver
from accounts.signing_in.agency_settings import agencies_of
from accounts.signing_in.rate_limits import OF_ACCOUNTS, OF_FACTORS
from imap import configuration
from imap.local_apps import ROOMS

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = BASE_DIR / "data"
VAR_DIR = Path(configuration.text("IMAP_VAR", str(BASE_DIR / "var"))).resolve()

MODE = configuration.mode()
IS_PRODUCTION = MODE == "production"
DEMO_DOMAIN = "imap.example"  # of the accounts of the demonstration, with which production refuses to start
SITE_ADDRESS = configuration.text("IMAP_SITE_ADDRESS", "http://localhost:8000")

SECRET_KEY = configuration.secret_key(MODE, VAR_DIR)
SECRET_KEY_FALLBACKS = configuration.words("SECRET_KEY_FALLBACKS", "")
DEBUG = configuration.boolean("DEBUG", default=False)
ALLOWED_HOSTS = configuration.words("ALLOWED_HOSTS", "" if IS_PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = configuration.words("CSRF_TRUSTED_ORIGINS", "")
TRUSTED_PROXY_COUNT = configuration.number("TRUSTED_PROXY_COUNT", default=0)

INSTALLED_APPS = [
    "modeltranslation",
    "imap.apps.SecretariatAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "leaflet",
    "djgeojson",
    "js_asset",
    "django_prose_editor",
    "django_htmx",  # of which pages load the file of htmx alone
    "imap",
    "access",
    "atlas",
    "accounts",
    "search",
    "indicators",
    "routes",
    "profiles",
    "newscentre",
    *([] if IS_PRODUCTION else ["demo"]),
]

MIDDLEWARE = [
    "imap.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "imap.content_security_policy.ContentSecurityPolicyMiddleware",
    "imap.middleware.HealthCheckMiddleware",
    "imap.middleware.NulCharacterMiddleware",
    "imap.middleware.JournalMiddleware",
    "profiles.middleware.PublicSectionCacheMiddleware",
    "routes.middleware.PublicLayerCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # of what is not kept compressed; adds bytes at random, against BREACH
    "imap.middleware.CookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "imap.request_limits.BodyLimitMiddleware",  # before anything that reads what was sent
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.ApiTokenMiddleware",
    "accounts.middleware.ViewerMiddleware",
    "accounts.middleware.PendingStepsMiddleware",
    "profiles.middleware.SectionCacheMiddleware",
    "routes.middleware.LayerCacheMiddleware",
    "accounts.middleware.ViewerTransactionMiddleware",
]

ROOT_URLCONF = "imap.urls"
WSGI_APPLICATION = "imap.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # allauth asks for its pages by names of its own, account/ and mfa/: ours stand in the room of accounts.
        "DIRS": [BASE_DIR / "templates", BASE_DIR / "templates" / "accounts" / "allauth"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "imap.context_processors.portal",
            ],
        },
    },
]

# Databases: the application's role serves, the owner's role migrates and purges. Neither is a superuser.
_servers = devserver.addresses(VAR_DIR)
DATABASES = {
    "default": dj_database_url.parse(
        configuration.text("DATABASE_URL", _servers.database_url), conn_max_age=600, conn_health_checks=True
    ),
    "owner": dj_database_url.parse(configuration.text("DATABASE_OWNER_URL", _servers.database_owner_url)),
}
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # PgBouncer pools in transaction mode
DATABASE_ROUTERS = ["imap.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = configuration.text("REDIS_URL", _servers.redis_url)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "imap",
        "TIMEOUT": 24 * 3600,
    }
}

# Part of every kept page's key: a deploy that mends only Python, or only a library, serves no page of the one before.
PAGE_GENERATION = configuration.generation(BASE_DIR, "templates", "static", "locale", "requirements.txt", *ROOMS)
STATIC_GENERATION = configuration.generation(BASE_DIR, "templates", "static", "locale")

# Celery: Valkey holds only what the database can name again.
CELERY_BROKER_URL = devserver.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 540, 600
# What people wait for, what may take its time, and what other hosts may make slow, each with workers of its own.
CELERY_TASK_DEFAULT_QUEUE = "background"
CELERY_TASK_ROUTES = {
    name: {"queue": "now"}
    for name in (
        "accounts.tasks.send_link_for_new_password",
        "newscentre.tasks.dispatch_due_feeds",  # it takes no time, and sends what somebody waits for on to `now`
        "routes.tasks.examine_import",
        "routes.tasks.take_import",
    )
} | {"newscentre.tasks.check_link": {"queue": "slow"}}
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in ("now", "background", "slow")]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1  # nothing waits behind a slow task while another process is free
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ALWAYS_EAGER = MODE == "test"
# For how long the log is kept: never less than a quarter, whose use is counted from its lines before they go.
LOG_DAYS = configuration.days("IMAP_LOG_DAYS", default=400, at_least=92)

# Where the journal of what ended, was narrowed or withdrawn is kept, outside the database; the tests keep none.
_journal = configuration.text("IMAP_JOURNAL", "" if MODE == "test" else str(VAR_DIR / "journal"))
JOURNAL_DIR = Path(_journal).resolve() if _journal else None

# Addresses with their port that feeds may come from beside the public internet: of tests and demonstrations alone.
NEWS_ALSO_FROM = configuration.sockets("IMAP_NEWS_ALSO_FROM")

CELERY_BEAT_SCHEDULE = {
    "ship the journal": {"task": "imap.tasks.ship_journal", "schedule": 60.0},
    "send the feeds that are due": {"task": "newscentre.tasks.dispatch_due_feeds", "schedule": 30.0},
    "send the digests of news": {"task": "newscentre.subscriptions.tasks.send_digests", "schedule": 600.0},
    "gather outside addresses": {"task": "newscentre.tasks.collect_links", "schedule": 3600.0},
    "send the outside addresses that are due": {
        "task": "newscentre.tasks.dispatch_due_links",
        "schedule": 60.0,
    },
    "end imports that are overdue": {"task": "routes.tasks.end_overdue_imports", "schedule": 60.0},
    "count the use by quarter": {
        "task": "accounts.tasks.count_use_by_quarter",
        "schedule": crontab(hour="2", minute="30"),
    },
    "forget ended sessions": {"task": "accounts.tasks.forget_ended_sessions", "schedule": 6 * 3600.0},
    "end what is over": {"task": "accounts.tasks.end_what_is_over", "schedule": crontab(hour="0", minute="15")},
    "remind of mandates": {"task": "accounts.tasks.remind_of_mandates", "schedule": crontab(hour="6", minute="0")},
}

# Languages of the interface. A dialogue's own languages are data (atlas.Dialogue.languages).
LANGUAGES = [("ar", "العربية"), ("en", "English"), ("fr", "Français")]
LANGUAGE_CODE = "en"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_LANGUAGES = ("en", "fr", "ar")
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en", "fr", "ar")
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Static files, with names that change with their content.
STATIC_URL = "/static/"
STATIC_ROOT = Path(configuration.text("IMAP_STATIC_ROOT", str(VAR_DIR / "static")))
FONTS_DIR = VAR_DIR / "fonts"
PRINT_FONTS_DIR = VAR_DIR / "print-fonts"  # whole faces, for sheets; no page sends them
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", FONTS_DIR)]
STATICFILES_FINDERS = [
    "imap.style_sheets.StyleSheetFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# What is uploaded is at no address: a view that asks who is looking hands it out.
PRIVATE_FILES = {
    "location": VAR_DIR / "files",
    "file_permissions_mode": 0o600,
    "directory_permissions_mode": 0o700,
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": PRIVATE_FILES},
    "staticfiles": {"BACKEND": "imap.storage.PortalStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_ALLOW_ALL_ORIGINS = False  # nobody else's pages load our files

# Accounts: by nomination only, so nobody signs up here.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.NominatedUserBackend"]
ACCOUNT_ADAPTER = "accounts.signing_in.adapter.NominationOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = OF_ACCOUNTS
ACCOUNT_FORMS = {"reset_password": "accounts.signing_in.forms.ForgottenPasswordForm"}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
# Addresses are the users' own, proven by the invitation: allauth's table of addresses stays empty.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.signing_in.new_passwords.LinkGenerator"
PASSWORD_RESET_TIMEOUT = 24 * 3600

# Second factors. Who needs one: nobody (off), those who edit or nominate and whom a partner's policy names (roles), all.
SECOND_FACTOR = configuration.choice("SECOND_FACTOR", ("off", "roles", "all"), "roles" if IS_PRODUCTION else "off")
MFA_ADAPTER = "accounts.signing_in.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.signing_in.forms.CodeForm",
    "reauthenticate": "accounts.signing_in.forms.CodeOnceMoreForm",
    "activate_totp": "accounts.signing_in.forms.FirstCodeForm",
    "generate_recovery_codes": "accounts.signing_in.forms.PaperCodesForm",
    "add_webauthn": "accounts.signing_in.forms.KeyForm",
    "authenticate_webauthn": "accounts.signing_in.forms.KeyAsSecondFactorForm",
    "login_webauthn": "accounts.signing_in.forms.KeyAloneForm",
    "reauthenticate_webauthn": "accounts.signing_in.forms.KeyOnceMoreForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "i-Map"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds; forms.CodeForm sees to it that a code is taken once all the same
MFA_RECOVERY_CODE_COUNT = 20  # some sign in by nothing else
MFA_RATE_LIMITS = OF_FACTORS

# Agencies whose people may sign in through their own provider, by OpenID Connect.
AGENCIES = agencies_of(configuration.text("SINGLE_SIGN_ON"), allow_http=not IS_PRODUCTION)
SOCIALACCOUNT_ADAPTER = "accounts.signing_in.single_sign_on.AgencyAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [agency.as_app() for agency in AGENCIES]}
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
]

# Sessions live in the database: ending one is a deleted row.
SESSION_ENGINE = "accounts.signing_in.session_store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # by whichever way one signs in
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "imap.views.csrf_failure"
DEVICE_COOKIE_NAME = "device"  # of accounts.signing_in.known_devices
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# A browser takes a cookie of such a name from this host alone, over TLS, for the whole site.
if IS_PRODUCTION:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-form", "__Host-language"
    DEVICE_COOKIE_NAME = "__Host-device"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_PRODUCTION
SECURE_SSL_REDIRECT = IS_PRODUCTION and configuration.boolean("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}
# The admin's pages have a policy of their own: imap.content_security_policy.

# The text editor of the desk. What may stand in a text is for profiles.texts to say, so no rules are given here.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("js/prose.js")],
        "extensions": dict.fromkeys(
            ("Allowed", "Bdi", "NoteReference", "CitedFigure", "Definition", "Source", "Words"), html_tags([])
        ),
    }
]

EMAIL_BACKEND = configuration.text("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = configuration.text("EMAIL_HOST", "localhost")
EMAIL_PORT = configuration.number("EMAIL_PORT", default=25)
EMAIL_HOST_USER = configuration.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = configuration.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = configuration.boolean("EMAIL_USE_TLS", default=False)
DEFAULT_FROM_EMAIL = configuration.text("DEFAULT_FROM_EMAIL", "i-Map <noreply@imap.example>")

# django-leaflet imports GeoDjango's forms, which want GDAL and GEOS: those inside the wheels serve.
GDAL_LIBRARY_PATH, GEOS_LIBRARY_PATH = configuration.geo_libraries()
LEAFLET_CONFIG = {"TILES": [], "MINIMAP": False, "RESET_VIEW": False}

# The admin's tabs must not load anything from a foreign host.
JQUERY_UI_URL = "/static/admin/js/vendor/jquery/jquery.min.js"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "imap.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": configuration.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "fontTools": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},  # at INFO it writes the addresses of feeds, with what is secret in them
    },
}

if IS_PRODUCTION:
    configuration.refuse_unsafe_production(globals())
