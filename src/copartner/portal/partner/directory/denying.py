"""What a page of a customer's directory says where the customer does not delegate it, or not enough of it."""

from litestar import Response

from copartner.command.denial import Denied
from copartner.portal.page import Visit


def refused(visit: Visit, denied: Denied) -> Response[bytes]:
    """The reason, what is needed, and where to ask for it; raises the denial itself where that is another matter."""
    if denied.concealed or denied.of_bearer:
        raise denied
    return visit.page(
        "partner/directory/refused.html",
        status=403,
        decision_id=denied.decision_id,
        sentence=denied.said(visit.language),
        steps=denied.steps(visit.language),
        decision=denied.decision_id,
        customer=visit.ids["customer_id"],
    )
