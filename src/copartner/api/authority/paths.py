"""The tenant segment of an authority path, which never swallows another dialect's root."""

from litestar.exceptions import NotFoundException

from copartner.signin.rules import tenant_segment


def segment_of(tenant: str) -> str:
    """The segment in lower case; 404 for what can be no tenant, such as `v1`."""
    segment = tenant_segment(tenant)
    if segment is None:
        raise NotFoundException
    return segment
