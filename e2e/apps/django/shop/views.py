import hashlib
import json
import os
import time

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse

from .models import Job, Note, Tick
from .tasks import work

_cache = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3)


def health(_request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    _cache.ping()
    return JsonResponse({"status": "ok"})


def frontend_configuration(_request):
    return JsonResponse({"api": "/api/v1"})


def admin(_request):
    return HttpResponse("<title>Administration</title>")


def notes(request):
    """POST answers once the note is committed; GET counts readers in Redis."""
    if request.method == "POST":
        note, _ = Note.objects.get_or_create(text=json.loads(request.body)["text"])
        return JsonResponse({"id": note.pk, "text": note.text}, status=201)
    readers = _cache.incr("readers")
    texts = list(Note.objects.order_by("pk").values_list("text", flat=True))
    response = JsonResponse(texts, safe=False)
    response["X-Readers"] = str(readers)
    return response


def draft(request, name):
    """What Redis alone holds."""
    if request.method == "PUT":
        _cache.set(f"draft:{name}", request.body)
        return HttpResponse(status=204)
    text = _cache.get(f"draft:{name}")
    return HttpResponse(status=404) if text is None else HttpResponse(text)


def _numbers(found):
    return list(found.values_list("pk", flat=True))


def jobs(request):
    if request.method != "POST":
        done, late = Job.objects.exclude(result=None), Job.objects.filter(is_late=True)
        return JsonResponse({"done": _numbers(done), "late": _numbers(late)})
    job = Job.objects.create(word=json.loads(request.body)["word"])
    work.delay(job.pk)
    return JsonResponse({"id": job.pk}, status=202)


def job(_request, number):
    return JsonResponse({"id": number, "result": Job.objects.get(pk=number).result})


def ticks(_request):
    return JsonResponse({"count": Tick.objects.count()})


def burn(_request):
    """A tenth of a second of processor time."""
    end = time.thread_time() + 0.1
    digest = b""
    while time.thread_time() < end:
        digest = hashlib.sha256(digest).digest()
    return HttpResponse(digest.hex())


def upload(request, name):
    if request.method != "PUT":
        return HttpResponseNotAllowed(["PUT"])
    path = os.path.join(settings.MEDIA_ROOT, os.path.basename(name))
    with open(path, "wb") as file:
        file.write(request.body)
        file.flush()
        os.fsync(file.fileno())
    return JsonResponse({"url": f"{settings.MEDIA_URL}{name}"}, status=201)
