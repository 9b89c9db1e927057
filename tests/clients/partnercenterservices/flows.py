"""partnercenterservices as published, its address alone changed: reads what to do as JSON, writes what came of it.

It runs in an environment of its own, which knows partnercenterservices and nothing of copartner.
"""

import inspect
import json
import re
import sys

import adal
from browser import enrolled, person
from microsoft.store.partnercenterservices import MicrosoftPartnerStoreApis, models
from msrest.exceptions import ClientException, DeserializationError, SerializationError
from msrestazure.azure_active_directory import AdalAuthentication, ServicePrincipalCredentials, UserPassCredentials
from msrestazure.azure_cloud import Cloud, CloudEndpoints, CloudSuffixes

from story import ADMIN, APP, STORY, USER

RESOURCE = "https://api.partnercenter.microsoft.com"
MODEL = re.compile(r":type (\w+):\s+(list\[)?~microsoft\.store\.partnercenterservices\.models\.(\w+)")
VERBS = ("get", "head", "put", "patch", "post", "delete")
VERB = re.compile(rf"self\._client\.({'|'.join(VERBS)})\(url")


def authority(asked):
    """The client's idea of a cloud, with our addresses; below `adfs` it asks nobody else whether to trust them."""
    endpoints = CloudEndpoints(asked["url"], asked["url"], active_directory=f"{asked['url']}/adfs")
    endpoints.active_directory_resource_id = RESOURCE
    return Cloud("copartner", endpoints=endpoints, suffixes=CloudSuffixes())


def clients(asked):
    """One client for each kind of token, signed in by what the client brings along."""
    cloud = authority(asked)
    application = ServicePrincipalCredentials(asked["client_id"], asked["secret"], cloud_environment=cloud)
    signed_in = {APP: application}
    for kind in (USER, ADMIN):
        signed_in[kind] = UserPassCredentials(**asked[kind], client_id=asked["public_id"], cloud_environment=cloud)
    return {kind: MicrosoftPartnerStoreApis(credentials, asked["url"]) for kind, credentials in signed_in.items()}


def call(client, operation, arguments):
    """Status and content of an answer, and the model that the client made of it."""
    group, _, method = operation.rpartition(".")
    function = getattr(getattr(client, group) if group else client, method)
    try:
        answer = function(version="1", raw=True, **arguments)
    except (ClientException, DeserializationError, SerializationError) as error:
        response = getattr(error, "response", None)
        said = {"status": getattr(response, "status_code", None), "error": type(error).__name__}
        return said, None
    model = answer.output
    if answer.response.status_code >= 400:
        said = answer.response.json() if answer.response.content else None
        return {"status": answer.response.status_code, "answer": said}, None
    read = model.as_dict() if hasattr(model, "as_dict") else model
    return {"status": answer.response.status_code, "answer": read}, model


def story(asked):
    """The steps of the story in order, each with what those before it led to."""
    by_kind, known, facts = clients(asked), dict(asked), {}
    for name, kind, operation, arguments in STORY:
        facts[name], known[name] = call(by_kind[kind], operation, arguments(known))
    return facts


def rest(asked):
    """Every operation of the client that the story leaves out, once, with values by the names of its parameters."""
    client, told = clients(asked)[USER], {operation for _, _, operation, _ in STORY}
    left = [one for one in operations(client) if one[0] not in told]
    facts = {}
    for operation, function in sorted(left, key=lambda one: VERBS.index(verb(one[1]))):
        said, _ = call(client, operation, values(function, asked))
        facts[operation] = {"asked": f"{verb(function).upper()} {function.metadata['url']}", **said}
    return facts


def operations(client):
    """Names and functions of all operations."""
    groups = [("", client), *((f"{name}.", value) for name, value in vars(client).items() if hasattr(value, "models"))]
    for prefix, group in groups:
        for name, function in inspect.getmembers(group, inspect.ismethod):
            if hasattr(function, "metadata"):
                yield f"{prefix}{name}", function


def verb(function):
    """The HTTP verb an operation uses."""
    return VERB.search(inspect.getsource(function))[1]


def values(function, asked):
    """A value for each parameter that has to be given: empty models, ids of the cast, else the parameter's own name."""
    bodies = {name: (bool(several), model) for name, several, model in MODEL.findall(inspect.getdoc(function))}
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.default is not inspect.Parameter.empty or name in ("version", "operation_config"):
            continue
        if name in bodies:
            several, model = bodies[name]
            made = getattr(models, model)()
            found[name] = [made] if several else made
        else:
            found[name] = asked.get(name, name)
    return found


def tokens(asked):
    """Each way to a token that the client brings along, and the status of a read with it."""
    at_tenant = adal.AuthenticationContext(f"{asked['url']}/{asked['tenant']}", validate_authority=False)
    public, confidential = asked["public_id"], (asked["client_id"], asked["secret"])
    by_name = (RESOURCE, asked[USER]["username"], asked[USER]["password"], public)
    ways = {
        "client credentials": lambda: at_tenant.acquire_token_with_client_credentials(RESOURCE, *confidential),
        "name and password": lambda: at_tenant.acquire_token_with_username_password(*by_name),
        "device code": lambda: device(at_tenant, asked),
        "refresh token": lambda: at_tenant.acquire_token_with_refresh_token(
            at_tenant.acquire_token_with_username_password(*by_name)["refreshToken"], public, RESOURCE
        ),
    }
    facts = {}
    for name, way in ways.items():
        client = MicrosoftPartnerStoreApis(AdalAuthentication(way), asked["url"])
        said, _ = call(client, "getvversioncustomersfilterfilter.value", {})
        facts[name] = said["status"]
    return facts


def device(context, asked):
    """A device that shows a code, and somebody with a second factor who types it in elsewhere before it asks."""
    (code, *_) = enrolled({**asked, **asked[USER]})
    shown = context.acquire_user_code(RESOURCE, asked["public_id"])
    person(asked["ca"], shown["verification_url"], {**asked[USER], "code": code, "user_code": shown["user_code"]})
    return context.acquire_token_with_device_code(RESOURCE, shown, asked["public_id"])


def main():
    """Run the flow and say what came of it."""
    asked = json.load(sys.stdin)
    json.dump(globals()[asked["flow"]](asked), sys.stdout, default=str)


if __name__ == "__main__":
    main()
