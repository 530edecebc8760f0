"""Tables, one file per feature. Importing this package makes the metadata complete."""

from qms.models import (
    acceptance,
    acceptance_pieces,
    accounts,
    accounts_devices,
    chain,
    chain_pictures,
    chain_rosters,
    imports,
    jobs,
    rejections,
    rejections_intake,
    stops,
    trail,
)

__all__ = ["acceptance", "acceptance_pieces", "accounts", "accounts_devices", "chain", "chain_pictures",
           "chain_rosters", "imports", "jobs", "rejections", "rejections_intake", "stops", "trail"]
