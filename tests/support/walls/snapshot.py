"""What the owner of the database sees: every row of what partners do at customers, and of what was written down."""

import re
from dataclasses import dataclass
from uuid import UUID

from asyncpg.connection import Connection

# What a play plants in names and reasons, so that a row shows wherever it turns up.
MARKER = re.compile(r"mark-\d{6}")
# Quantities from here to 99,999 are of one sale alone, and no postal code of the cast is among them.
RARE = 90_000

_FIXED = {
    "subscription": "ARRAY[t.customer_tenant_id, t.partner_tenant_id, t.order_id, t.parent_id]::text || t.line_number "
    "|| coalesce(t.partner_of_record, '-') || t.kind || t.created_at || t.starts_at",
    "purchase_order": "ARRAY[t.customer_tenant_id, t.partner_tenant_id, t.relationship_id, t.cart_id]::text "
    "|| t.currency || t.placed_at || t.placed_by",
    "subscription_transition": "t::text",
    "cart": "ARRAY[t.customer_tenant_id, t.partner_tenant_id]::text",
    "customer_agreement": "t::text",
    "relationship_request": "t.partner_tenant_id::text || t.includes_privileges || t.reason",
    "reseller_relationship": "ARRAY[t.customer_tenant_id, t.partner_tenant_id, t.request_id]::text",
    "billing_profile": "ARRAY[t.customer_tenant_id, t.partner_tenant_id]::text",
    "admin_relationship": "t.partner_tenant_id::text || t.created_at",
    "access_assignment": "ARRAY[t.partner_tenant_id, t.customer_tenant_id, t.relationship_id, t.group_id]::text "
    "|| t.created_at",
}
# What is another row of the same thing.
_BESIDE = {
    "access_assignment": "SELECT string_agg(r::text, ' ' ORDER BY r::text) FROM access_assignment_role r "
    "WHERE r.partner_tenant_id = t.partner_tenant_id AND r.assignment_id = t.id",
}
# What an order settled, and only a later one of the same seller settles anew; and what was asked of a customer.
_SETTLED = {
    "admin_relationship": "CASE t.status WHEN 'created' THEN '' ELSE t.display_name || t.roles::text || t.duration END",
    "subscription": "t.product_id || t.sku_id || t.availability_id || t.offer_name || t.term || t.billing_cycle "
    "|| t.unit_price || t.currency || t.is_trial || t.term_starts_at || coalesce(t.commitment_ends_at::text, '-')",
}
_LINES = "(SELECT string_agg(line ->> 'quantity', ' ') FROM jsonb_array_elements(t.lines) AS lines(line))"
_NUMBERS = {"subscription": "t.quantity::text", "purchase_order": _LINES, "cart": _LINES}
# What may name nobody, and is then for whichever customer answers it.
OPEN = ("relationship_request", "admin_relationship")
# Carts, orders and subscriptions: what is sold.
SOLD = (*_NUMBERS, "subscription_transition")
# What a partner gives its own people powers by.
DELEGATING = ("access_assignment", "directory_group")
_ROWS = " UNION ALL ".join(
    f"SELECT '{table}' AS kind, t.id, t.partner_tenant_id AS partner, t.customer_tenant_id AS customer, "
    f"t::text || coalesce(({_BESIDE.get(table, 'NULL')}), '') AS whole, {fixed} AS fixed, "
    f"{_SETTLED.get(table, repr(''))} AS settled, "
    f"coalesce({_NUMBERS.get(table, 'NULL')}, '') AS numbers FROM {table} t"
    for table, fixed in _FIXED.items()
) + (
    " UNION ALL SELECT 'tenant', t.id, NULL, NULL, t::text, t::text, '', '' FROM tenant t WHERE t.id = ANY ($1)"
    " UNION ALL SELECT 'enrolment', e.tenant_id, NULL, NULL, e::text, e::text, '', '' FROM enrolment e"
    " UNION ALL SELECT 'directory_group', g.id, g.tenant_id, NULL, g::text || coalesce((SELECT string_agg("
    "m.member_id::text, ' ' ORDER BY m.member_id) FROM group_member m WHERE m.tenant_id = g.tenant_id "
    "AND m.group_id = g.id), ''), g.tenant_id || coalesce(g.role, '-'), '', '' "
    "FROM directory_group g JOIN enrolment e ON e.tenant_id = g.tenant_id"
)
_RECORDS = (
    "SELECT a.tenant_id, a.id, a.customer_tenant_id AS customer, a.status = 'denied' AS denied, a::text AS whole "
    "FROM audit_record a WHERE a.id > $1 UNION ALL "
    "SELECT d.tenant_id, d.id, (d.facts -> 'resource' ->> 'customer')::uuid, true, d::text FROM decision_record d "
    "WHERE d.id > $1"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: whose it is, all of it as text, the part that nobody ever changes, and what an order settled of it."""

    kind: str
    id: UUID
    partner: UUID | None
    customer: UUID | None
    whole: str
    fixed: str
    settled: str
    numbers: str

    @property
    def draft(self) -> bool:
        """Whether it is a granular relationship that was not asked for yet, and so its partner's alone."""
        return self.kind == "admin_relationship" and not self.settled

    @property
    def quantities(self) -> frozenset[int]:
        """Its quantities that occur in no other sale."""
        return frozenset(number for number in map(int, self.numbers.split()) if number >= RARE)

    @property
    def secrets(self) -> frozenset[str]:
        """What must not come before a stranger: the identifier, the planted marks, the rare quantities."""
        # The customer of an assignment reads which group it is for, and not what that is called.
        named = () if self.kind == "directory_group" else (str(self.id),)
        return frozenset({*named, *MARKER.findall(self.whole), *map(str, self.quantities)})


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the audit or of the decisions, as one tenant may read it."""

    tenant: UUID
    id: UUID
    customer: UUID | None
    denied: bool
    whole: str


Rows = dict[tuple[str, UUID], Row]


async def rows(owner: Connection, tenants: list[UUID]) -> Rows:
    """All rows now; of the tenants those named."""
    found = await owner.fetch(_ROWS, tenants)
    return {(row["kind"], row["id"]): Row(**dict(row)) for row in found}


async def records(owner: Connection, after: UUID) -> list[Record]:
    """What was written down since, in the order of identifiers."""
    found = await owner.fetch(_RECORDS, after)
    return [
        Record(it["tenant_id"], it["id"], it["customer"], it["denied"], it["whole"])
        for it in sorted(found, key=lambda it: it["id"])
    ]
