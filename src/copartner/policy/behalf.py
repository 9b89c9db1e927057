"""What the rules see when a partner acts in a customer's directory; part of the facts."""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from copartner.policy.refs import Ref, TenantId


class AdminRole(StrEnum):
    """The built-in roles of a directory that decide about its users, licences and roles.

    Source: the pages about each operation (2023), "GDAP roles", and the directory's list of built-in roles.
    """

    GLOBAL = "Global Administrator"
    PRIVILEGED_ROLE = "Privileged Role Administrator"
    PRIVILEGED_AUTHENTICATION = "Privileged Authentication Administrator"
    USER = "User Administrator"
    AUTHENTICATION = "Authentication Administrator"
    HELPDESK = "Helpdesk Administrator"
    PASSWORD = "Password Administrator"
    LICENSE = "License Administrator"
    WRITERS = "Directory Writers"
    READERS = "Directory Readers"
    GLOBAL_READER = "Global Reader"


class Delegation(Struct, frozen=True, rename="camel"):
    """Witness: one way in which a partner's user has roles in a customer's tenant.

    Either the privileges of the reseller relationship (`whole_tenant`), or one group's assignment of a granular
    relationship. `roles` are the user's own by it. `superseded` when both parties have a granular relationship too.
    """

    id: Annotated[str, Ref("Delegation")]
    partner: TenantId
    customer: TenantId
    active: bool
    whole_tenant: bool
    superseded: bool = False
    roles: tuple[AdminRole, ...] = ()


class CustomerUser(Struct, frozen=True, rename="camel", tag_field="type", tag="CustomerUser"):
    """A user of a customer, as a partner acts on it in its own name; `guarded` when it has an administrator's role."""

    id: Annotated[str, Ref("CustomerUser")]
    partner: TenantId | None = None
    customer: TenantId | None = None
    guarded: bool | None = None
