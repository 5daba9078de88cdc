import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yole.config.settings")
application = get_wsgi_application()

# Every view is loaded before the first visitor comes, and what lives as long as the process is out of the collector's way.
import_module("yole.config.urls")
gc.collect()
gc.freeze()
