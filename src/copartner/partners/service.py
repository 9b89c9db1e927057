"""What a partner reads and says of itself."""

from dataclasses import replace as changed

import msgspec

from copartner.command.context import Context
from copartner.command.looking import May, may
from copartner.partners import rules, store
from copartner.partners.model import (
    Company,
    Direction,
    LegalBusiness,
    Organization,
    Partner,
    PartnerProfile,
    PartnerRelationship,
    Profiles,
    Support,
    V,
)
from copartner.policy.actions import Action


async def read_profile(ctx: Context, shape: type[V]) -> PartnerProfile[V]:
    """One of the acting partner's profiles, by what it is made of; raises Denied."""
    return _profile(await ctx.read(Action.PARTNER_PROFILE_READ, store.read(), shape.kind, body=store.Told), shape)


async def read_profiles(ctx: Context) -> tuple[Profiles, May]:
    """What the acting partner says of itself, and whether the caller may change it; raises Denied."""
    facts, told = await ctx.look(Action.PARTNER_PROFILE_READ, store.read_all(), body=store.ToldAll)

    def of(shape: type[V]) -> PartnerProfile[V]:
        return _profile(store.Told(told.company, told.kept.get(shape.kind)), shape)

    found = Profiles(told.company, of(LegalBusiness), of(Organization), of(Support))
    return found, may(ctx, facts, (Action.PARTNER_PROFILE_EDIT,))


async def read_number(ctx: Context, *, mpn_id: str | None = None) -> Company:
    """The acting partner with its number in the programme; raises Denied, UnknownNumber for another number."""
    found = await ctx.read(Action.PARTNER_PROFILE_READ, store.read(), Support.kind, body=store.Told)
    return rules.check_number(found.company, mpn_id)


async def list_relationships(ctx: Context, *, direction: Direction) -> tuple[PartnerRelationship, ...]:
    """The acting partner's indirect resellers, or the providers it resells for, by tenant; raises Denied."""
    found = await ctx.read(
        Action.PARTNER_RELATIONSHIP_LIST,
        store.relationships(),
        direction is Direction.RESELLERS,
        body=tuple[Partner, ...],
        each=Action.PARTNER_RELATIONSHIP_LIST,
    )
    return tuple(PartnerRelationship(partner, direction) for partner in found)


async def update_profile(ctx: Context, value: V, *, expected_version: int | None = None) -> PartnerProfile[V]:
    """The acting partner replaces one of its profiles; raises Denied, Invalid, StaleTag."""
    async with ctx.command("partner_profile.edit") as cmd:
        cmd.require(Action.PARTNER_PROFILE_EDIT, await store.home_facts(cmd.db, ctx))
        told = await store.lock(cmd.db, ctx, value.kind)
        before = _profile(told, type(value))
        rules.check_version(before.version, expected_version)
        after = changed(before, value=rules.check(value), version=before.version + 1)
        if after.value == before.value:
            cmd.unchanged()
            return before
        await store.save(cmd.db, after, first=told.kept is None)
        cmd.record(before, after)
        return after


def _profile(told: store.Told, shape: type[V]) -> PartnerProfile[V]:
    kept, company = told.kept, told.company
    value = rules.initial(shape, company) if kept is None else msgspec.json.decode(kept.value, type=shape)
    version = 1 if kept is None else kept.version
    return PartnerProfile(company.tenant_id, company.domain, shape.kind, version, value)
