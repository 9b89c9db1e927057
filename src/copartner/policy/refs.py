"""How facts name entities: by an id of one Cedar type."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a string as the id of an entity of one Cedar type."""

    type: str


ActorId = Annotated[str, Ref("Actor")]
TenantId = Annotated[str, Ref("Tenant")]
OrganisationId = Annotated[str, Ref("Organisation")]
