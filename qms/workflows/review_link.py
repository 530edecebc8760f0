"""Fills the input that ties internal hand-overs to what outside customers experience. Only reads.

Traced cases come first: they are evidence; what goes together over time or over units is only a hint beside them.
"""

from sqlalchemy.orm import Session

from qms.rules.review_snapshots import Snapshot
from qms.workflows.review_link_across import beside
from qms.workflows.review_link_cases import cases
from qms.workflows.review_link_pairs import pairs
from qms.workflows.review_link_passed import passed
from qms.workflows.review_link_streams import streams
from qms.workflows.review_link_traced import traced
from qms.workflows.review_link_trends import trends
from qms.workflows.review_scope import Scope


def link(session: Session, scope: Scope) -> Snapshot:
    """Return traced cases, the flow from origin to detection, paired trends, and what goes together."""
    lists = Snapshot(tables=(cases(session, scope), passed(session, scope)))
    over_time = Snapshot(tables=trends(session, scope))
    parts = (traced(session, scope), lists, streams(session, scope), over_time, pairs(session, scope),
             beside(session, scope))
    return Snapshot(*(tuple(one for part in parts for one in getattr(part, name))
                      for name in ("figures", "tables", "said", "warned")))


FILLED = {"link": link}
