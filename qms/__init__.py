"""A quality-system add-on: the next process is the customer."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from qms.db import Database
    from qms.settings import Settings


def create_app(settings: "Settings | None" = None, database: "Database | None" = None) -> "Flask":
    """Build the web application. `database` None opens the one that the settings name."""
    from qms.db import Database
    from qms.settings import Settings
    from qms.web.app import build

    settings = settings or Settings()
    app = build(settings, database or Database(settings.url))
    from qms import api, views

    for package in (views, api):
        for blueprint in package.blueprints():
            app.register_blueprint(blueprint)
    return app
