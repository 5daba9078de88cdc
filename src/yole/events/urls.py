from __future__ import annotations

from yole.events.urls_exchange import urlpatterns as exchange

app_name = "events"
urlpatterns = [*exchange]
