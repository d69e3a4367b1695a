"""What the system's file says that the backend reads: nothing here has a default that would hide a missing value."""

import os
from urllib.parse import unquote, urlparse

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
DEBUG = os.environ["DJANGO_DEBUG"] == "true"


def _words(name):
    """The worker has neither hosts nor origins."""
    return [word for word in os.environ.get(name, "").split(",") if word]


ALLOWED_HOSTS = _words("DJANGO_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = _words("DJANGO_CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = ["django.contrib.staticfiles", "shop"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "config.urls"
# Why a request failed is said where `kubectl logs` shows it: DEBUG is off, and then Django writes to nobody.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
}
USE_TZ = True
TIME_ZONE = "UTC"

_database = urlparse(os.environ["DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path[1:],
        "USER": _database.username,
        "PASSWORD": unquote(_database.password),
        "HOST": _database.hostname,
        "PORT": _database.port,
        "CONN_MAX_AGE": 60,
        # A connection that a restart of the server broke is replaced, and nobody's request fails for it.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, "sslmode": "prefer"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = "/app/staticfiles"
MEDIA_URL = "/media/"
MEDIA_ROOT = "/app/media"
REDIS_URL = os.environ["REDIS_URL"]

CELERY_BROKER_URL = os.environ["CELERY_BROKER_URL"]
# A job is gone from the queue only once it is done.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 20, "socket_connect_timeout": 3, "socket_timeout": 30}
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "shop.tasks.tick", "schedule": 5.0},
    "hand-in-again": {"task": "shop.tasks.hand_in_again", "schedule": 10.0},
}
