"""English."""

LANGUAGE = "English"
DAY = "{:%Y-%m-%d}"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
STATUS = {"now": "Now", "soon": "Coming soon", "delayed": "Delayed"}
WORKSPACE = {
    "general": "General",
    "customers": "Customers",
    "pricing": "Pricing",
    "billing": "Billing",
    "membership": "Membership",
    "security": "Security",
    "account_settings": "Account settings",
}
AUDIENCE = {"partner": "Partners", "customer": "Customers", "operator": "Operator's staff"}
PAGE = {
    "title": "Announcements of {month}",
    "lead": "What changes in the partner programme, and from when.",
    "none": "Nothing was announced in this month.",
    "not_all": "Only the newest {number} are shown; the programme's API lists them all.",
    "public": "You see what is addressed to everybody.",
    "sign_in": "Sign in to see what is addressed to you",
    "feed": "Feed (Atom)",
    "months": "Months",
    "earlier": "Earlier: {month}",
    "later": "Later: {month}",
    "status": "Status",
    "from": "From",
    "workspace": "Workspace",
    "audience": "Audience",
    "markets": "Markets",
    "every_market": "All",
    "published": "Published",
    "next_steps": "Next steps",
    "contact": "Contact",
    "rule_version": "Rule version",
    "supersedes": "It takes the place of an earlier announcement",
    "superseded": "A later announcement took the place of this one",
    "revised": "Revised",
    "delayed": "Delayed, before from {day}",
    "history": "What was changed since",
    "before": "It read before",
    "language": "Deutsch",
}
FEED = "Announcements of the partner programme"
SUBJECT = {
    "published": "Announced for {day}: {title}",
    "delayed": "Delayed to {day}: {title}",
    "reminder": "From {day}: {title}",
}
FIRST_LINE = {
    "published": "The partner programme announces a change from {day} (UTC).",
    "delayed": "A change of the partner programme is delayed: it holds from {day} (UTC).",
    "reminder": "A reminder: a change of the partner programme holds from {day} (UTC).",
}
LETTER = """\
{first}

{title}

{changes}
{next_steps}
Workspace: {workspace}
Contact: {contact}
All of it: {link}
"""
NEXT_STEPS = "\nNext steps\n\n{text}\n"
DRAFT = {
    "title": "Rules of the programme change from {day}",
    "new": "New: {text}",
    "stated_anew": "Changed: {new} Until then: {old}",
    "ended": "No longer: {text}",
    "needs": "What is needed: {text}",
}
