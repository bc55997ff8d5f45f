"""The WSGI application that every web server of this installation loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "circolare.settings")

inside = get_wsgi_application()

from campaigns.click_doors import ClicksFirst  # noqa: E402  the rooms can be imported only when Django is set up

application = ClicksFirst(inside)
gc.freeze()  # what is loaded by now stays for good: the collector need not walk through it again and again
