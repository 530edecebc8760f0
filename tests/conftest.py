"""Databases, a small plant and signed-in clients for every test. Real databases; nothing of ours is replaced."""

import gc

from tests.chromium import *  # noqa: F403
from tests.databases import *  # noqa: F403
from tests.pages import *  # noqa: F403
from tests.plant import *  # noqa: F403
from tests.validation import *  # noqa: F403

gc.set_threshold(50_000, 50, 100)  # Most objects are the application's, and stay.
