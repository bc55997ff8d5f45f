"""The Celery application: queues, routes and the beat table. Rows are the queue; this is only the clock."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "circolare.settings")

app = Celery("circolare", task_cls="circolare.ticks:Tick")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.include = ["tasks.send", "tasks.events", "tasks.journeys", "tasks.upkeep"]
