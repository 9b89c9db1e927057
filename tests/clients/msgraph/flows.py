"""msgraph-sdk as published, its base URL alone changed: reads what to do as JSON, writes what came of it.

It runs in an environment of its own, which knows msgraph-sdk and nothing of copartner.
"""

import asyncio
import json
import sys
import time

import httpx
from azure.core.credentials import AccessToken
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import HeadersInspectionHandlerOption
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.delegated_admin_access_assignment import DelegatedAdminAccessAssignment
from msgraph.generated.models.delegated_admin_access_container import DelegatedAdminAccessContainer
from msgraph.generated.models.delegated_admin_access_container_type import DelegatedAdminAccessContainerType
from msgraph.generated.models.delegated_admin_access_details import DelegatedAdminAccessDetails
from msgraph.generated.models.delegated_admin_relationship import DelegatedAdminRelationship
from msgraph.generated.models.delegated_admin_relationship_request import DelegatedAdminRelationshipRequest
from msgraph.generated.models.delegated_admin_relationship_request_action import DelegatedAdminRelationshipRequestAction
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.unified_role import UnifiedRole
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

SCOPES = ["https://graph.microsoft.com/.default"]
POLLS = 60
# As text: of a timedelta the client writes what Python calls it, which is no ISO 8601.
YEAR = "P1Y"


class Credential:
    """A token for whatever `form` proves, asked for again when it is about to end."""

    def __init__(self, url, tenant, form):
        self._address, self._form, self._token = f"{url}/{tenant}/oauth2/v2.0/token", form, None

    def get_token(self, *scopes, **_):
        """Bring a token."""
        if self._token is None or self._token.expires_on < time.time() + 60:
            answer = httpx.post(self._address, data={**self._form, "scope": " ".join(scopes)}, trust_env=False)
            answer.raise_for_status()
            found = answer.json()
            self._token = AccessToken(found["access_token"], int(time.time()) + int(found["expires_in"]))
        return self._token


def client_of(asked, who):
    """The published client at our address, signed in as one of those it was told of."""
    credential = Credential(asked["url"], asked["tenant"], asked[who])
    provider = AzureIdentityAuthenticationProvider(credential, scopes=SCOPES, allowed_hosts=[asked["host"]])
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = f"{asked['url']}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


def having(parameters=None, **more):
    """What a request is configured with; `headers` go as they are."""
    made = RequestConfiguration(query_parameters=parameters, options=more.pop("options", []))
    for name, value in more.get("headers", {}).items():
        made.headers.add(name, value)
    return made


def query(builder, **values):
    """The query parameters of the request builder of a list or a thing."""
    kind = next(value for name, value in vars(type(builder)).items() if name.endswith("GetQueryParameters"))
    return having(kind(**values))


def details(*roles):
    return DelegatedAdminAccessDetails(unified_roles=[UnifiedRole(role_definition_id=role) for role in roles])


def drafted(name, *roles):
    """A relationship for a year."""
    return DelegatedAdminRelationship(display_name=name, duration=YEAR, access_details=details(*roles))


def plain(thing):
    """What a test compares of a relationship or an assignment."""
    named = [one.role_definition_id for one in thing.access_details.unified_roles]
    return {
        "id": str(thing.id),
        "status": thing.status.value,
        "roles": named,
        "etag": thing.additional_data["@odata.etag"],
    }


def relationships(client):
    return client.tenant_relationships.delegated_admin_relationships


async def requested(client, relationship, action):
    """The action and the state of a new request."""
    body = DelegatedAdminRelationshipRequest(action=DelegatedAdminRelationshipRequestAction(action))
    made = await relationships(client).by_delegated_admin_relationship_id(relationship).requests.post(body)
    return [made.action.value, made.status.value]


async def prepare(asked):
    """Look up roles, set up a group in a group, draft a relationship, change it, and ask for approval."""
    client, admin = client_of(asked, "application"), client_of(asked, "admin")
    definitions = client.role_management.directory.role_definitions
    roles = {}
    for name in ("Helpdesk Administrator", "Exchange Administrator"):
        (found,) = (await definitions.get(query(definitions, filter=f"displayName eq '{name}'"))).value
        roles[name] = found.id
    outer, inner = [
        await admin.groups.post(Group(display_name=name, mail_enabled=False, mail_nickname=name, security_enabled=True))
        for name in ("Helpdesk", "Night shift")
    ]
    address = f"{asked['url']}/v1.0/directoryObjects"
    for group, member in ((inner.id, asked["member"]), (outer.id, inner.id)):
        await admin.groups.by_group_id(group).members.ref.post(ReferenceCreate(odata_id=f"{address}/{member}"))
    members = (await admin.groups.by_group_id(outer.id).transitive_members.get()).value
    made = await relationships(client).post(drafted("Operations", roles["Helpdesk Administrator"]))
    one = relationships(client).by_delegated_admin_relationship_id(made.id)
    change = DelegatedAdminRelationship(access_details=details(*roles.values()))
    changed = await one.patch(change, having(headers={"If-Match": made.additional_data["@odata.etag"]}))
    return {
        "roles": roles,
        "group": str(outer.id),
        "members": sorted([type(member).__name__, member.display_name] for member in members),
        "made": plain(made),
        "changed": plain(changed),
        "asked": await requested(client, made.id, "lockForApproval"),
        "waiting": plain(await one.get()),
    }


async def operated(one):
    """The operation of the relationship after it ended, asked for until then."""
    for _ in range(POLLS):
        (found,) = (await one.operations.get()).value
        found = await one.operations.by_delegated_admin_relationship_operation_id(found.id).get()
        if found.status.value in ("succeeded", "failed"):
            return [found.operation_type.value, found.status.value]
        await asyncio.sleep(1)
    return None


async def assigned(assignments, identifier, wanted):
    """The assignment once it has a state, asked for until then."""
    one = assignments.by_delegated_admin_access_assignment_id(identifier)
    for _ in range(POLLS):
        found = await one.get()
        if found.status.value == wanted:
            break
        await asyncio.sleep(1)
    return found


async def work(asked):
    """What was approved: give a group roles, change them, wait for that, and end it all."""
    client = client_of(asked, "application")
    one = relationships(client).by_delegated_admin_relationship_id(asked["relationship"])
    assignments, (helpdesk, exchange) = one.access_assignments, asked["roles"].values()
    container = DelegatedAdminAccessContainer(
        access_container_id=asked["group"], access_container_type=DelegatedAdminAccessContainerType.SecurityGroup
    )
    facts = {"active": plain(await one.get())}
    made = await assignments.post(
        DelegatedAdminAccessAssignment(access_container=container, access_details=details(helpdesk))
    )
    active = await assigned(assignments, made.id, "active")
    facts["assigned"] = plain(active)
    seen = HeadersInspectionHandlerOption(inspect_response_headers=True)
    tag = {"If-Match": active.additional_data["@odata.etag"]}
    change = DelegatedAdminAccessAssignment(access_details=details(helpdesk, exchange))
    item = assignments.by_delegated_admin_access_assignment_id(made.id)
    await item.patch(change, having(headers=tag, options=[seen]))
    facts["location"] = sorted(seen.response_headers.get("location") or [])
    facts["operation"] = await operated(one)
    facts["reassigned"] = plain(await item.get())
    customers = client.tenant_relationships.delegated_admin_customers
    (customer,) = (await customers.get()).value
    customer = customers.by_delegated_admin_customer_id(customer.id)
    facts["customer"] = (await customer.get()).tenant_id
    facts["services"] = len((await customer.service_management_details.get()).value)
    await item.delete(having(headers={"If-Match": "*"}))
    facts["assignments"] = [found.status.value for found in (await assignments.get()).value]
    facts["ended"] = await requested(client, asked["relationship"], "terminate")
    made = (await one.requests.get()).value
    read = [await one.requests.by_delegated_admin_relationship_request_id(found.id).get() for found in made]
    facts["requests"] = sorted(found.action.value for found in read)
    return facts


async def pages(asked):
    """Draft many relationships twenty at a time, and read them all page by page; drop the first."""
    client = client_of(asked, "application")
    builder, statuses = relationships(client), []
    names = [f"Many {number:03}" for number in range(asked["many"])]
    for start in range(0, len(names), BatchRequestContent.MAX_REQUESTS):
        content, before = BatchRequestContent(), None
        for name in names[start : start + BatchRequestContent.MAX_REQUESTS]:
            request = builder.to_post_request_information(drafted(name, asked["role"]))
            item = BatchRequestItem(request, id=name, depends_on=[before] if before else None)
            content.add_request(name, item)
            before = name
        answered = await client.batch.post(content)
        statuses += answered.get_response_status_codes().values()
    seen, calls = [], []
    first = await builder.get(
        query(builder, top=asked["top"], filter="status eq 'created'", count=True, orderby=["createdDateTime desc"])
    )

    def take(one):
        seen.append(one.display_name)
        return True

    iterator = PageIterator(first, client.request_adapter)
    fetch = iterator.fetch_next_page

    async def counted():
        calls.append(1)
        return await fetch()

    iterator.fetch_next_page = counted
    await iterator.iterate(take)
    newest = first.value[0]
    await builder.by_delegated_admin_relationship_id(newest.id).delete(
        having(headers={"If-Match": newest.additional_data["@odata.etag"]})
    )
    return {
        "statuses": sorted(set(statuses)),
        "drafted": len(statuses),
        "count": first.odata_count,
        "names": seen,
        "pages": 1 + len(calls),
    }


async def failures(asked):
    """How the client's own error reads, for what is not there, may not be done and is not served."""
    client, nobody = client_of(asked, "application"), client_of(asked, "sales")
    unknown = "01a20000-0000-7000-8000-000000000001"
    tries = {
        "unknown": relationships(client).by_delegated_admin_relationship_id(f"{unknown}-{unknown}").get(),
        "denied": relationships(nobody).get(),
        "query": relationships(client).get(query(relationships(client), filter="duration eq 'P1Y'")),
        "unserved": client.users.get(),
    }
    facts = {}
    for name, tried in tries.items():
        try:
            await tried
        except ODataError as error:
            inner = error.error.inner_error
            facts[name] = [
                error.response_status_code, error.error.code, bool(error.error.message),
                bool(inner.request_id and inner.client_request_id and inner.date),
            ]  # fmt: skip
    return facts


FLOWS = (prepare, work, pages, failures)


def main():
    """Run the flow and say what came of it."""
    asked = json.load(sys.stdin)
    flows = {flow.__name__: flow for flow in FLOWS}
    json.dump(asyncio.run(flows[asked["flow"]](asked)), sys.stdout, default=str)


if __name__ == "__main__":
    main()
