"""WSGI entry point, for example ``granian --interface wsgi server:app``. Settings come from the environment: docs/settings.md."""

from ess_lod.config import Settings
from ess_lod.web import create_app

app = create_app(Settings.read())
