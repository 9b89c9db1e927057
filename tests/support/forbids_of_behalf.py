"""Facts to which one forbid alone objects, of the rules about acting in a customer's directory."""

from collections.abc import Callable, Iterator
from datetime import date

from msgspec.structs import replace

from copartner.policy.actions import Action
from copartner.policy.behalf import AdminRole
from copartner.policy.facts import Cloud, Facts
from copartner.proof.classes import CLASSES, ON_BEHALF
from copartner.proof.invariants_of_behalf import LICENCES_AND_PASSWORDS
from copartner.proof.specimens import OTHER, STORY_DAYS, with_context, with_resource

Change = Callable[[Facts], Facts]
Row = tuple[str, Action, str, Change, Cloud, date]
_PRESENT = STORY_DAYS[1]
_OF_CUSTOMERS = frozenset(
    {
        Action.CUSTOMER_USER_LIST,
        Action.CUSTOMER_USER_CREATE,
        Action.CUSTOMER_ROLE_LIST,
        Action.CUSTOMER_LICENCE_LIST,
    }
)
_BELOW = tuple(role for role in AdminRole if role not in (AdminRole.GLOBAL, AdminRole.PRIVILEGED_AUTHENTICATION))


def rows() -> Iterator[Row]:
    """Rule, action, type of resource, what is wrong, where and when."""
    for action in sorted(CLASSES[ON_BEHALF]):
        kind = "Customer" if action in _OF_CUSTOMERS else "CustomerUser"
        for change in (_without, _witness(active=False)):
            yield "behalf-delegated", action, kind, change, Cloud.COMMERCIAL, _PRESENT
            yield "behalf-delegated", action, kind, change, Cloud.CHINA, STORY_DAYS[0]
        for change in (_witness(partner=OTHER), _witness(customer=OTHER)):
            yield "behalf-own", action, kind, change, Cloud.COMMERCIAL, _PRESENT
        for day in (date(2022, 1, 1), _PRESENT):
            yield "gdap-over-dap", action, kind, _witness(superseded=True), Cloud.COMMERCIAL, day
        yield "gov-users", action, kind, lambda facts: facts, Cloud.US_GOVERNMENT, date(2021, 6, 1)
        if action in LICENCES_AND_PASSWORDS:
            yield "cn-licences", action, kind, lambda facts: facts, Cloud.CHINA, date(2021, 7, 1)
    for action in (
        Action.CUSTOMER_USER_CHANGE,
        Action.CUSTOMER_USER_DELETE,
        Action.CUSTOMER_USER_RESTORE,
        Action.CUSTOMER_USER_RESET_PASSWORD,
    ):
        for guarded in (True, None):
            yield "behalf-guarded", action, "CustomerUser", _guarded(guarded), Cloud.COMMERCIAL, _PRESENT


def _without(facts: Facts) -> Facts:
    return with_context(facts, delegation=None)


def _witness(**changes: object) -> Change:
    def change(facts: Facts) -> Facts:
        held = facts.context.delegation
        assert held is not None
        return with_context(facts, delegation=replace(held, **changes))

    return change


def _guarded(guarded: bool | None) -> Change:
    return lambda facts: with_resource(_witness(roles=_BELOW)(facts), guarded=guarded)
