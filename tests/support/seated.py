"""People who sit before a browser, signed in with a second factor."""

from copartner.kernel.secrets import KeyFile
from copartner.policy.facts import Side
from copartner.portal.session import Sessions
from copartner.signin.model import Subject
from support.authority import KEY
from support.portal import Browser, House


async def seated(home: House, name: str, language: str = "en") -> Browser:
    """The browser of `aa@nordlicht`, with a session of the portal."""
    user, domain = name.split("@")
    tenant = home.here.tenant(domain)
    person = next(one for one in tenant.users if one.user_principal_name.split("@")[0] == user)
    subject = Subject(tenant.id, person.id, None, person.user_principal_name, (), ("pwd", "mfa"))
    issued = home.authority.tokens.issue(subject, audience=home.authority.root, version=2)
    made = Sessions(home.authority, KeyFile(KEY), home.clock).begin(issued, Side(tenant.kind))
    browser = home.browser()
    browser.http.cookies.set(made.key, str(made.value))
    browser.http.headers["Accept-Language"] = language
    return browser
