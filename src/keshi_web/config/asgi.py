"""The ASGI entry: `uvicorn keshi_web.config.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keshi_web.config.settings")
application = get_asgi_application()
