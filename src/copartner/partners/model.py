"""Partners as their customers see them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Partner:
    """An enrolled partner by its tenant; `mpn_id` is its number in the programme."""

    tenant_id: UUID
    company_name: str
    domain: str
    country: str
    mpn_id: str
