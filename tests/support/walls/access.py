"""Deeds about who can do what at a customer, in whose way one forbid stands."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from copartner.access import questions, service
from copartner.policy.actions import Action
from copartner.policy.facts import Cloud, Side
from support.programme import PRESENT
from support.walls import scenes
from support.walls.scene import Matter, Scene

Deed = Callable[[Matter], Coroutine[Any, Any, Any]]


def _why(matter: Matter) -> Coroutine[Any, Any, Any]:
    return questions.explain_access(
        matter.buyer,
        customer_id=matter.customer_id,
        user_id=matter.seller.caller.subject_id,
        action=Action.CUSTOMER_READ,
    )


def _by_billing_admin(matter: Matter) -> Coroutine[Any, Any, Any]:
    ctx = matter.here.context(f"ba@{matter.customer}", Side.CUSTOMER)
    return service.revoke_access(ctx, partner_tenant_id=matter.partner_id)


CASES: tuple[tuple[str, str, Deed, Callable[[Scene], Matter], datetime, Cloud], ...] = tuple(
    (rule, name, deed, scene, PRESENT, cloud)
    for cloud in (Cloud.COMMERCIAL, Cloud.US_GOVERNMENT)
    for rule, name, deed, scene in (
        ("access-told", "why", _why, scenes.strangers),
        ("access-revoked", "preview", lambda m: service.preview_revocation(
            m.buyer, partner_tenant_id=m.partner_id), scenes.strangers),
        ("access-revoked", "revoke", lambda m: service.revoke_access(
            m.buyer, partner_tenant_id=m.partner_id), scenes.strangers),
        ("access-revoker", "revoke", _by_billing_admin, scenes.related),
    )
)  # fmt: skip
