"""Knows what every JSON body shares: that it names each of its fields, and the largest id a database can hold."""

from pydantic import BaseModel, ConfigDict

LARGEST_ID = 10**18 - 1


class Body(BaseModel):
    """A body in which a field that is not listed is refused."""

    model_config = ConfigDict(extra="forbid")
