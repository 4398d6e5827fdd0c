"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fintech_app.settings")

application = get_wsgi_application()

# Models can be imported from here on, not before.
from core.accounts.tasks import deliver_mail_soon  # noqa: E402

# Mail that was left when the last server stopped.
deliver_mail_soon()
