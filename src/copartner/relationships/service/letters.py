"""Letters about a request, to the Global admins of the customer that it names."""

from uuid import UUID

from msgspec.structs import replace

from copartner.command.context import Context
from copartner.mail import service as mail
from copartner.mail.model import Wording
from copartner.policy.actions import Action
from copartner.policy.facts import Role
from copartner.relationships import rules, store, wording
from copartner.relationships.model import RelationshipRequest, Sent, Written
from copartner.relationships.service.requests import existing, link_of


async def read_sent(ctx: Context, *, request_id: UUID) -> Sent:
    """One request of the acting partner with what a letter about it needs; raises Denied, UnknownRequest."""
    found = existing(
        await ctx.find(Action.RELATIONSHIP_REQUEST_READ, store.sent(), request_id, body=Written), request_id
    )
    return Sent(
        request=found.request,
        partner=found.partner,
        link=link_of(ctx, request_id),
        language=wording.spoken(found.language),
        next_letter_at=rules.next_letter_at(found.request, now=ctx.moment),
    )


async def write_letter(ctx: Context, *, request_id: UUID, subject: str, body: str) -> RelationshipRequest:
    """Write to the Global admins of the customer that a waiting request names, at most once in 24 hours.

    Below what the partner writes stand the request's link and who sent the letter, in the customer's language; the
    partner learns nobody's address. Raises Denied, UnknownRequest, RequestClosed, WrittenAlready, NobodyToWrite,
    Invalid.
    """
    async with ctx.command("relationship_request.write_letter") as cmd:
        facts = await store.asking_facts(cmd.db, ctx)
        about = await store.request_facts(cmd.db, ctx, request_id)
        # To write is to ask once more.
        cmd.require(Action.RELATIONSHIP_REQUEST_SEND, replace(facts, resource=about.resource))
        if (earlier := cmd.replay(RelationshipRequest)) is not None:
            return earlier
        before = existing(await store.lock_request(cmd.db, request_id), request_id)
        after = rules.written(before, now=cmd.now)
        found = existing(await store.writing(cmd.db, ctx, request_id), request_id)
        language = wording.spoken(found.language)
        below = wording.below(
            found.partner,
            link=link_of(ctx, request_id),
            sender=await store.caller_name(cmd.db, ctx),
            language=language,
        )
        went = await mail.post_to_holders(
            cmd.db,
            tenant_id=rules.addressee(after),
            role=Role.GLOBAL_ADMIN,
            key=f"{request_id} {cmd.now.isoformat()}",
            wording=Wording(subject.strip(), f"{rules.check_letter(body)}\n\n{below}\n"),
            language=language,
            written_at=cmd.now,
        )
        if not went:
            raise rules.NobodyToWrite(
                "The customer has no Global admin who can be written to; send the link yourself.", str(request_id)
            )
        await store.save_letter(cmd.db, after)
        cmd.record(before, after)
        return cmd.remember(after)
