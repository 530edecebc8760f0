"""Tables, one file per feature. Importing this package makes the metadata complete."""

from qms.models import acceptance, accounts, chain, imports, jobs, rejections, trail

__all__ = ["acceptance", "accounts", "chain", "imports", "jobs", "rejections", "trail"]
