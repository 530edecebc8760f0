"""The request edge: who is asking, may they, in which language; and errors turned into pages. Knows no feature."""

from qms.web.forms import answered, filled, saving
from qms.web.looks import seen, shows_people
from qms.web.needs import needs, public
from qms.web.requests import database, person, reading, settings, writing

__all__ = ["answered", "database", "filled", "needs", "person", "public", "reading", "saving", "seen", "settings",
           "shows_people", "writing"]
