"""Knows what a JSON body carries that is signed. Knows no record."""

from pydantic import Field

from forms.base_json import Body


class SignedBody(Body):
    """A step that is signed with the caller's password, saying what the signature means (R-45)."""

    password: str | None = Field(default=None, max_length=200)
    meaning: str | None = Field(default=None, max_length=40)

    def content(self) -> dict[str, object]:
        """Return what is sent besides what it is signed with."""
        return self.model_dump(exclude={"password", "meaning"})
