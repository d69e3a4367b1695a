from django.db import models


class Note(models.Model):
    text = models.TextField(unique=True)


class Job(models.Model):
    word = models.TextField()
    result = models.TextField(null=True)


class Tick(models.Model):
    at = models.DateTimeField(auto_now_add=True)
