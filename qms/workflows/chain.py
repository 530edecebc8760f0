"""What is done with a plant's chain of internal customers, by one name. Each part is kept in a module of its own."""

from qms.workflows.chain_items import add_defect, add_item, edit_defect, edit_item, retire
from qms.workflows.chain_links import add_link, confirm_link, edit_link, retire_link
from qms.workflows.chain_lots import add_lot, descendants, edit_lot, lot_family, sources_by_number, sources_of
from qms.workflows.chain_paths import BrokenEnds, broken_ends, customer_paths, paths_to_customers
from qms.workflows.chain_records import initials, one
from qms.workflows.chain_routings import (
    add_routing,
    confirm_routing,
    one_routing,
    propose_links,
    route,
    routing_in_force,
    set_routing_aside,
    units_by_code,
)
from qms.workflows.chain_sites import add_site, edit_site, one_site, site_to_edit, sites, usual_site
from qms.workflows.chain_units import SHEET, add_unit, edit_unit, retire_unit

__all__ = [
    "SHEET",
    "BrokenEnds",
    "add_defect",
    "add_item",
    "add_link",
    "add_lot",
    "add_routing",
    "add_site",
    "add_unit",
    "broken_ends",
    "confirm_link",
    "confirm_routing",
    "customer_paths",
    "descendants",
    "edit_defect",
    "edit_item",
    "edit_link",
    "edit_lot",
    "edit_site",
    "edit_unit",
    "initials",
    "lot_family",
    "one",
    "one_routing",
    "one_site",
    "paths_to_customers",
    "propose_links",
    "retire",
    "retire_link",
    "retire_unit",
    "route",
    "routing_in_force",
    "set_routing_aside",
    "site_to_edit",
    "sites",
    "sources_by_number",
    "sources_of",
    "units_by_code",
    "usual_site",
]
