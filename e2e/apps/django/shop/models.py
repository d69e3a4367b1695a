from django.db import models
from django.utils import timezone


class Note(models.Model):
    text = models.TextField(unique=True)


class Job(models.Model):
    """It is here before its message is in the queue, and whether it is done is said here and not there."""

    word = models.TextField()
    result = models.TextField(null=True)
    handed_in_at = models.DateTimeField(default=timezone.now)
    is_late = models.BooleanField(default=False)


class Tick(models.Model):
    at = models.DateTimeField(auto_now_add=True)
