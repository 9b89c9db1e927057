"""The built-in roles that a relationship can have, as role definitions, directory roles and their templates.

Of all three a client needs the well-known template id. Source: unifiedroledefinition, directoryrole and
directoryroletemplate, 2025-02-21. Which single permissions a role has is not told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType, field, structs

from copartner.api.call import Call
from copartner.api.graph import options
from copartner.api.graph.errors import GraphErrorBody
from copartner.api.graph.filtering import FLAG, GUID, TEXT
from copartner.api.graph.options import Collection, Listing
from copartner.api.registry import Route
from copartner.delegation import service
from copartner.delegation.model import AdminRole

B = TypeVar("B", bound=Struct)


class RoleDefinition(Struct, frozen=True, kw_only=True, rename="camel"):
    """A unifiedRoleDefinition, which every tenant has."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    id: UUID
    template_id: UUID | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    is_built_in: bool | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET
    resource_scopes: tuple[str, ...] | UnsetType = UNSET


class RoleTemplate(Struct, frozen=True, kw_only=True, rename="camel"):
    """A directoryRoleTemplate."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    id: UUID
    display_name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


class DirectoryRole(Struct, frozen=True, kw_only=True, rename="camel"):
    """A directoryRole: here every template's role is at hand, under the id of its template."""

    context: str | UnsetType = field(default=UNSET, name="@odata.context")
    id: UUID
    role_template_id: UUID | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


def _definition(role: AdminRole) -> RoleDefinition:
    return RoleDefinition(
        id=role.id,
        template_id=role.id,
        display_name=role.name,
        description=role.text,
        is_built_in=True,
        is_enabled=True,
        resource_scopes=("/",),
    )


def _template(role: AdminRole) -> RoleTemplate:
    return RoleTemplate(id=role.id, display_name=role.name, description=role.text)


def _directory_role(role: AdminRole) -> DirectoryRole:
    return DirectoryRole(id=role.id, role_template_id=role.id, display_name=role.name, description=role.text)


# By what a role can be filtered and ordered, under any of its names.
_VALUES: dict[str, Callable[[AdminRole], object]] = {
    "id": lambda role: role.id,
    "templateId": lambda role: role.id,
    "roleTemplateId": lambda role: role.id,
    "displayName": lambda role: role.name,
    "isBuiltIn": lambda _role: True,
}
_ORDERS: dict[str, Callable[[AdminRole], str]] = {"displayName": lambda role: role.name}


@dataclass(frozen=True, slots=True)
class _Kind(Generic[B]):
    """One of the three: where it is, what its part of the address and its routes are called, what a list takes."""

    address: str
    part: str
    name: str
    listing: Listing[AdminRole, B]
    shaped: Callable[[AdminRole], B]

    async def several(self, call: Call) -> Collection[B]:
        """A page of the list."""
        asked = options.asked(call, self.listing)
        page = options.cut(await service.list_roles(call.ctx), asked, lambda role: role.id, _VALUES)
        return options.collection(call, self.listing, asked, page, self.shaped, self.address)

    async def one(self, call: Call) -> B:
        """One role by its template id."""
        names = options.chosen(call, self.listing.shape)
        role = await service.read_role(call.ctx, role_id=call.id(self.part))
        body = options.only(self.shaped(role), names)
        return structs.replace(body, context=f"{options.root(call)}/$metadata#{self.address}/$entity")

    def routes(self, version: str, prefix: str) -> tuple[Route, ...]:
        """The routes of both."""
        everything = f"/{version}/{self.address}"
        shape: Any = self.listing.shape
        return (
            Route(("GET",), everything, self.several, f"{prefix}.list_{self.name}s", "List built-in roles.",
                  Collection[shape], query=self.listing.query, error=GraphErrorBody),
            Route(("GET",), f"{everything}/{{{self.part}}}", self.one, f"{prefix}.read_{self.name}",
                  "Read a built-in role.", shape, query=(options.CHOICE,), error=GraphErrorBody),
        )  # fmt: skip


_DEFINITIONS = _Kind(
    "roleManagement/directory/roleDefinitions",
    "unifiedRoleDefinition",
    "role_definition",
    Listing(RoleDefinition, _ORDERS, {"id": GUID, "templateId": GUID, "displayName": TEXT, "isBuiltIn": FLAG}),
    _definition,
)
_TEMPLATES = _Kind(
    "directoryRoleTemplates",
    "directoryRoleTemplate",
    "role_template",
    Listing(RoleTemplate, _ORDERS, {"displayName": TEXT}),
    _template,
)
_DIRECTORY = _Kind(
    "directoryRoles",
    "directoryRole",
    "directory_role",
    Listing(DirectoryRole, _ORDERS, {"roleTemplateId": GUID, "displayName": TEXT}),
    _directory_role,
)


def routes(version: str, prefix: str) -> tuple[Route, ...]:
    """The routes below one version of the contract; their names begin with `prefix`."""
    return (
        *_DEFINITIONS.routes(version, prefix),
        *_TEMPLATES.routes(version, prefix),
        *_DIRECTORY.routes(version, prefix),
    )
