from django.urls import path, re_path
from django.views.static import serve

from shop import views

urlpatterns = [
    path("api/v1/health/", views.health),
    path("api/v1/config/frontend/", views.frontend_configuration),
    path("api/v1/notes/", views.notes),
    path("api/v1/drafts/<str:name>/", views.draft),
    path("api/v1/jobs/", views.jobs),
    path("api/v1/jobs/<int:number>/", views.job),
    path("api/v1/ticks/", views.ticks),
    path("api/v1/burn/", views.burn),
    path("api/v1/files/<str:name>", views.upload),
    path("admin/", views.admin),
    re_path(r"^static/(?P<path>.*)$", serve, {"document_root": "/app/staticfiles"}),
    re_path(r"^media/(?P<path>.*)$", serve, {"document_root": "/app/media"}),
]
