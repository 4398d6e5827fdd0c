"""The Celery application: the same jobs that `manage.py run_jobs` runs, by a worker and a clock of their own."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")

app = Celery("fintech_app")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["core.operations"])

app.conf.beat_schedule = {
    "clean up": {"task": "core.run_job", "args": ["clean-up"], "schedule": crontab(minute=20)},
}
