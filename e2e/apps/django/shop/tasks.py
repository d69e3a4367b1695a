import hashlib

from celery import shared_task

from .models import Job, Tick


@shared_task(autoretry_for=(Exception,), retry_backoff=1, retry_backoff_max=5, max_retries=60)
def work(number):
    """Done twice, it has the same result."""
    job = Job.objects.get(pk=number)
    Job.objects.filter(pk=number).update(result=hashlib.sha256(job.word.encode()).hexdigest())


@shared_task
def tick():
    Tick.objects.create()
