"""What the solver found, turned back into facts that the engine can judge."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from copartner.policy.behalf import AdminRole, Delegation
from copartner.policy.facts import (
    Actor,
    Agreement,
    Cloud,
    Commitment,
    Door,
    Ending,
    FactContext,
    Facts,
    Organisation,
    Pool,
    Relationship,
    Resource,
    Role,
    Side,
    Tenant,
)
from copartner.policy.plan import PLANS
from copartner.policy.schema import Schema
from copartner.policy.tree import Entity
from copartner.proof.smt import constant, sort

_RESOURCES = {plan.entity: struct for struct, plan in PLANS.items() if plan.entity}
_CONTEXT_TENANTS = (
    "(Relationship.partner context.relationship)",
    "(Relationship.customer context.relationship)",
    "(Agreement.customer context.agreement)",
    "(Agreement.confirmedBy context.agreement)",
)


class Reading:
    """Which terms describe the facts of one resource type, and the facts their values stand for."""

    def __init__(self, schema: Schema, kind: str, texts: tuple[str, ...]) -> None:
        self._schema = schema
        self._kind = kind
        self._texts = texts
        tenants = ["(Actor.tenant principal)"]
        tenants += [
            f"({kind}.{key} resource)" for key, held in schema.entities[kind].items() if held.type.name == "Tenant"
        ]
        self._tenants = (*tenants, *_CONTEXT_TENANTS)
        self._organisations = tuple(f"(Tenant.organisation {tenant})" for tenant in self._tenants)
        self._countries = tuple(f"(Tenant.country {tenant})" for tenant in self._tenants)

    def terms(self) -> tuple[str, ...]:
        """Every term whose value the facts need."""
        return tuple(dict.fromkeys(self._terms()))

    def _terms(self) -> Iterator[str]:
        yield from ("principal", "resource", *(constant(text) for text in self._texts))
        yield from (f"(Actor.roles principal {_role(role)})" for role in Role)
        yield from (f"(Actor.{name} principal)" for name in ("side", "appOnly", "enrolled", "multiFactor", "door"))
        for key, held in self._schema.entities[self._kind].items():
            if held.type.item is not None:
                yield from _members(self._schema, self._kind, key, held.type.item.name).values()
            else:
                yield f"({self._kind}.{key} resource)"
            if held.optional:
                yield f"({self._kind}.has.{key} resource)"
        for key, held in self._schema.context.attributes.items():
            yield f"context.has.{key}"
            inner = held.type.attributes
            yield from (f"context.{key}.{name}" for name in inner) if inner else (f"context.{key}",)
        yield from (f"(Relationship.{key} context.relationship)" for key in ("active", "privileges"))
        yield "(Agreement.has.confirmedBy context.agreement)"
        yield from (f"(Delegation.{key} context.delegation)" for key in ("active", "wholeTenant", "superseded"))
        # Of these tenants the rules look at nothing but which they are.
        yield from (f"(Delegation.{key} context.delegation)" for key in ("partner", "customer"))
        yield from (f"(Delegation.roles context.delegation {_admin_role(role)})" for role in AdminRole)
        for tenant in self._tenants:
            yield tenant
            for key, held in self._schema.entities["Tenant"].items():
                if held.type.name != "Set":
                    yield f"(Tenant.{key} {tenant})"
            for text in (*self._countries, *(constant(text) for text in self._texts)):
                yield f"(Tenant.markets {tenant} {text})"
        for organisation in self._organisations:
            yield f"(Organisation.enrolled {organisation})"
            for key in ("affiliates", "providers"):
                yield from (f"(Organisation.{key} {organisation} {other})" for other in self._organisations)

    def facts(self, values: Mapping[str, str]) -> Facts:
        """The facts that a model describes."""
        return _Model(values, self._texts).facts(self._kind, self._tenants, self._schema)


class _Model:
    """Values of terms, read as what they mean."""

    def __init__(self, values: Mapping[str, str], texts: tuple[str, ...]) -> None:
        self._values = values
        self._named = {values[constant(text)]: text for text in texts}

    def facts(self, kind: str, terms: tuple[str, ...], schema: Schema) -> Facts:
        tenants = {self._id(term): term for term in terms}
        countries = tuple(f"(Tenant.country {term})" for term in terms) + tuple(
            constant(t) for t in self._named.values()
        )
        organisations = {self._id(f"(Tenant.organisation {term})"): f"(Tenant.organisation {term})" for term in terms}
        return Facts(
            principal=Actor(
                self._id("principal"),
                self._id("(Actor.tenant principal)"),
                tuple(role for role in Role if self._true(f"(Actor.roles principal {_role(role)})")),
                Side(self._member("(Actor.side principal)", "Side")),
                self._true("(Actor.appOnly principal)"),
                self._true("(Actor.enrolled principal)"),
                self._true("(Actor.multiFactor principal)"),
                Door(self._member("(Actor.door principal)", "Door")),
            ),
            resource=self._resource(kind, schema),
            context=self._context(),
            tenants=tuple(self._tenant(name, term, countries) for name, term in tenants.items()),
            organisations=tuple(
                Organisation(
                    name,
                    self._among(f"Organisation.affiliates {term}", organisations),
                    self._true(f"(Organisation.enrolled {term})"),
                    self._among(f"Organisation.providers {term}", organisations),
                )
                for name, term in organisations.items()
            ),
        )

    def _among(self, held: str, organisations: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(name for name, term in organisations.items() if self._true(f"({held} {term})"))

    def _tenant(self, name: str, term: str, countries: tuple[str, ...]) -> Tenant:
        markets = {self._text(c) for c in countries if self._true(f"(Tenant.markets {term} {c})")}
        return Tenant(
            name,
            self._id(f"(Tenant.organisation {term})"),
            Cloud(self._member(f"(Tenant.cloud {term})", "Cloud")),
            self._text(f"(Tenant.country {term})"),
            self._true(f"(Tenant.enrolled {term})"),
            self._true(f"(Tenant.sharedServices {term})"),
            tuple(sorted(markets)),
            self._true(f"(Tenant.agreementSigned {term})"),
            self._true(f"(Tenant.indirectReseller {term})"),
            self._true(f"(Tenant.restricted {term})"),
        )

    def _resource(self, kind: str, schema: Schema) -> Resource:
        struct: Any = _RESOURCES[kind]
        given: dict[str, Any] = {"id": self._id("resource")}
        names = {field.key: field.name for field in PLANS[struct].fields}
        reads: dict[str, Callable[[str], Any]] = {"Bool": self._true, "Int": self._number}
        for key, held in schema.entities[kind].items():
            term = f"({kind}.{key} resource)"
            if held.type.item is not None:
                terms = _members(schema, kind, key, held.type.item.name)
                given[names[key]] = tuple(member for member, one in terms.items() if self._true(one))
            elif not held.optional or self._true(f"({kind}.has.{key} resource)"):
                given[names[key]] = reads.get(sort(held.type), self._id)(term)
        made: Resource = struct(**given)
        return made

    def _context(self) -> FactContext:
        relationship, agreement = "context.relationship", "context.agreement"
        confirmed = self._true(f"(Agreement.has.confirmedBy {agreement})")
        return FactContext(
            relationship=Relationship(
                self._id(relationship),
                self._id(f"(Relationship.partner {relationship})"),
                self._id(f"(Relationship.customer {relationship})"),
                self._true(f"(Relationship.active {relationship})"),
                self._true(f"(Relationship.privileges {relationship})"),
            )
            if self._has("relationship")
            else None,
            agreement=Agreement(
                self._id(agreement),
                self._id(f"(Agreement.customer {agreement})"),
                self._id(f"(Agreement.confirmedBy {agreement})") if confirmed else None,
            )
            if self._has("agreement")
            else None,
            delegation=self._delegation() if self._has("delegation") else None,
            pool=Pool(*(self._number(f"context.pool.{key}") for key in ("maximum", "held", "requested")))
            if self._has("pool")
            else None,
            ending=Ending(*(self._number(f"context.ending.{key}") for key in ("active", "running", "reservations")))
            if self._has("ending")
            else None,
            commitment=Commitment(
                *(self._true(f"context.commitment.{key}") for key in ("windowOpen", "reduces", "shortens"))
            )
            if self._has("commitment")
            else None,
            shared=self._flag("shared"),
            azure=self._flag("azure"),
            azure_only=self._flag("azureOnly"),
            azure_elsewhere=self._flag("azureElsewhere"),
            service_delegated_elsewhere=self._flag("serviceDelegatedElsewhere"),
        )

    def _delegation(self) -> Delegation:
        held = "context.delegation"
        return Delegation(
            self._id(held),
            self._id(f"(Delegation.partner {held})"),
            self._id(f"(Delegation.customer {held})"),
            self._true(f"(Delegation.active {held})"),
            self._true(f"(Delegation.wholeTenant {held})"),
            self._true(f"(Delegation.superseded {held})"),
            tuple(role for role in AdminRole if self._true(f"(Delegation.roles {held} {_admin_role(role)})")),
        )

    def _has(self, key: str) -> bool:
        return self._true(f"context.has.{key}")

    def _flag(self, key: str) -> bool | None:
        return self._true(f"context.{key}") if self._has(key) else None

    def _true(self, term: str) -> bool:
        return self._values[term] == "true"

    def _id(self, term: str) -> str:
        return self._values[term]

    def _text(self, term: str) -> str:
        value = self._values[term]
        return self._named.get(value, value)

    def _number(self, term: str) -> int:
        return int(self._values[term].strip("()").replace(" ", ""))

    def _member(self, term: str, enum: str) -> str:
        return self._values[term].strip("|").removeprefix(f"{enum} ")


def _admin_role(role: AdminRole) -> str:
    return constant(Entity("AdminRole", role))


def _role(role: Role) -> str:
    return constant(Entity("Role", role))


def _members(schema: Schema, kind: str, key: str, enum: str) -> dict[str, str]:
    """The term for each member of an enumeration that a set of the resource may hold."""
    return {name: f"({kind}.{key} resource {constant(Entity(enum, name))})" for name in schema.enums[enum]}
