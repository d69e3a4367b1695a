import hashlib
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .models import Job, Tick

# Longer than a job takes, with what it waits for before.
LATE = timedelta(seconds=30)


@shared_task(autoretry_for=(Exception,), retry_backoff=1, retry_backoff_max=5, max_retries=60)
def work(number):
    """Done twice, it has the same result."""
    job = Job.objects.get(pk=number)
    Job.objects.filter(pk=number).update(result=hashlib.sha256(job.word.encode()).hexdigest())


@shared_task
def hand_in_again():
    """Redis may have handed a message to a worker that was killed just then: nobody but us knows of that job any more."""
    now = timezone.now()
    late = Job.objects.filter(result=None, handed_in_at__lt=now - LATE)
    for number in list(late.values_list("pk", flat=True)):
        # Unless it is done by now, or another one of us has been here.
        if late.filter(pk=number).update(handed_in_at=now, is_late=True):
            work.delay(number)


@shared_task
def tick():
    Tick.objects.create()
