from django.urls import path

from yole.api import views
from yole.api.assembly import api
from yole.api.headers import open_get

_patterns, _app, _namespace = api.urls
for _pattern in _patterns:
    if _pattern.callback is not None:
        _pattern.callback = open_get(_pattern.callback)

app_name = "api"
urlpatterns = [
    path("", views.page, name="page"),
    path("openapi.json", views.openapi, name="openapi"),
    path("v1/", (_patterns, _app, _namespace)),
]
