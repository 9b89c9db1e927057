"""On what a token stands: when one of its grounds ends, so does the token."""

from uuid import UUID, uuid5


def consent_ground(who: UUID, application_id: UUID) -> UUID:
    """The consent of a user, or of a tenant for all its users, to an application."""
    return uuid5(who, f"consent to {application_id}")


def of_user(
    *, tenant_id: UUID, user_id: UUID, application_id: UUID | None, session_id: UUID | None
) -> tuple[UUID, ...]:
    """The grounds of whatever is given for a user who signed in."""
    named = [ground for ground in (user_id, application_id, session_id) if ground is not None]
    if application_id is not None:
        named += [consent_ground(who, application_id) for who in (user_id, tenant_id)]
    return tuple(named)
