"""Deeds in a customer's directory, in whose way one forbid about acting on its behalf stands."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from copartner.command.context import Context
from copartner.delegation.roles import GLOBAL_ADMINISTRATOR, known
from copartner.directory.model import NewUser, Password, UserChange
from copartner.directory.service import licences, roles, users
from copartner.policy.facts import Cloud
from support.programme import PRESENT
from support.walls import scenes
from support.walls.scene import Matter, Scene

_C, _G = Cloud.COMMERCIAL, Cloud.US_GOVERNMENT
Deed = Callable[[Matter], Coroutine[Any, Any, Any]]
PASSWORD = Password("Abc-12345")
NEW = NewUser("neu@nowhere.example", "Neu", PASSWORD)
GOVERNMENT_ENDED = datetime(2021, 6, 1, tzinfo=UTC)


def user_of(m: Matter) -> Any:
    """Nobody: the rules come before whether there is such a user."""
    return m.here.runtime.ids.new()


def chief_of(m: Matter) -> Any:
    """The customer's Global admin."""
    return m.buyer.caller.subject_id


def on_customer(service: Callable[..., Any], **named: Any) -> Deed:
    """Calls a service that a partner asks about a customer's directory."""
    return lambda m: service(m.seller, customer_id=m.customer_id, **named)


def on_user(service: Callable[..., Any], **named: Any) -> Deed:
    """Calls a service that a partner asks about one of a customer's users."""
    return lambda m: service(m.seller, customer_id=m.customer_id, user_id=user_of(m), **named)


DEEDS: dict[str, Deed] = {
    "list-users": on_customer(users.list_users),
    "list-deleted": on_customer(users.list_users, deleted=True),
    "make-user": on_customer(users.create_user, new=NEW),
    "read-user": on_user(users.read_user),
    "rename-user": on_user(users.change_user, change=UserChange(display_name="X")),
    "restore-user": on_user(users.change_user, change=UserChange(restore=True)),
    "reset-password": on_user(users.reset_password, password=PASSWORD),
    "delete-user": on_user(users.delete_user),
    "list-roles": on_customer(roles.list_roles),
    "list-members": on_customer(roles.list_members, role_id=GLOBAL_ADMINISTRATOR),
    "read-roles": on_user(roles.list_user_roles),
    "give-role": on_user(roles.give_role, role_id=next(reversed(known()))),
    "take-role": on_user(roles.take_role, role_id=next(reversed(known()))),
    "list-licences": on_customer(licences.list_licences),
    "read-licences": on_user(licences.list_user_licences),
    "give-licence": on_user(licences.update_licences, give=("X",)),
}


def superseded(scene: Scene) -> Matter:
    """A partner that has privileges, and a granular relationship of which no group has anything."""
    matter = scenes.related(scene)
    scene.execute(
        """INSERT INTO admin_relationship (partner_tenant_id, id, customer_tenant_id, display_name, roles, duration,
            auto_extend, status, created_at, modified_at, activated_at, ends_at)
        VALUES ($1, $2, $3, 'Help', $4, 'P1Y', 'PT0S', 'active', $5, $5, $5, $6)""",
        *(matter.partner_id, scene.here.runtime.ids.new(), matter.customer_id, [GLOBAL_ADMINISTRATOR]),
        *(scene.stage.now, scene.stage.now + timedelta(days=365)),
    )
    return matter


def others_approvals(scene: Scene) -> Matter:
    """A partner without an approval at a customer that delegated to another one; it has one at another customer."""
    scene.relate(scene.second, scene.buyer)
    scene.relate(scene.first, scene.affiliate)
    return scenes.without_privileges(scene)


def _in_china(ctx: Context) -> Context:
    return replace(ctx, runtime=replace(ctx.runtime, cloud=Cloud.CHINA))


def _by_helpdesk(service: Callable[..., Any], **named: Any) -> Deed:
    return lambda m: service(m.here.context(f"hd@{m.partner}"), customer_id=m.customer_id, user_id=chief_of(m), **named)


CASES: tuple[tuple[str, str, Deed, Callable[[Scene], Matter], datetime, Cloud], ...] = (
    *(("behalf-delegated", name, deed, scenes.without_privileges, PRESENT, _C) for name, deed in DEEDS.items()),
    *(("gdap-over-dap", name, deed, superseded, PRESENT, _C) for name, deed in DEEDS.items()),
    ("behalf-guarded", "password", _by_helpdesk(users.reset_password, password=PASSWORD), scenes.related, PRESENT, _C),
    ("behalf-guarded", "delete", _by_helpdesk(users.delete_user), scenes.related, PRESENT, _C),
    *(("gov-users", name, deed, scenes.related, day, _G)
      for name, deed in DEEDS.items() for day in (GOVERNMENT_ENDED, PRESENT)),
    ("cn-licences", "list", lambda m: licences.list_licences(_in_china(m.seller), customer_id=m.customer_id),
     scenes.related, PRESENT, _C),
    ("cn-licences", "password", lambda m: users.reset_password(
        _in_china(m.seller), customer_id=m.customer_id, user_id=user_of(m), password=PASSWORD),
     scenes.related, PRESENT, _C),
)  # fmt: skip
