"""German."""

LANGUAGE = "Deutsch"
DAY = "{:%d.%m.%Y}"
MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
STATUS = {"now": "Gilt", "soon": "Gilt bald", "delayed": "Verschoben"}
WORKSPACE = {
    "general": "Allgemein",
    "customers": "Kunden",
    "pricing": "Preise",
    "billing": "Abrechnung",
    "membership": "Mitgliedschaft",
    "security": "Sicherheit",
    "account_settings": "Kontoeinstellungen",
}
AUDIENCE = {"partner": "Partner", "customer": "Kunden", "operator": "Mitarbeiter des Betreibers"}
PAGE = {
    "title": "Ankündigungen im {month}",
    "lead": "Was sich im Partnerprogramm ändert und ab wann.",
    "none": "In diesem Monat wurde nichts angekündigt.",
    "not_all": "Gezeigt werden nur die neuesten {number}; die API des Programms nennt alle.",
    "public": "Sie sehen, was an alle gerichtet ist.",
    "sign_in": "Anmelden, um zu sehen, was an Sie gerichtet ist",
    "feed": "Feed (Atom)",
    "months": "Monate",
    "earlier": "Früher: {month}",
    "later": "Später: {month}",
    "status": "Status",
    "from": "Ab",
    "workspace": "Bereich",
    "audience": "Betrifft",
    "markets": "Märkte",
    "every_market": "Alle",
    "published": "Veröffentlicht",
    "next_steps": "Nächste Schritte",
    "contact": "Kontakt",
    "rule_version": "Regelversion",
    "supersedes": "Sie ersetzt eine frühere Ankündigung",
    "superseded": "Eine spätere Ankündigung hat diese ersetzt",
    "revised": "Überarbeitet",
    "delayed": "Verschoben, vorher ab {day}",
    "history": "Was seither geändert wurde",
    "before": "Vorher stand hier",
    "language": "English",
}
FEED = "Ankündigungen des Partnerprogramms"
SUBJECT = {
    "published": "Angekündigt für den {day}: {title}",
    "delayed": "Verschoben auf den {day}: {title}",
    "reminder": "Ab {day}: {title}",
}
FIRST_LINE = {
    "published": "Das Partnerprogramm kündigt eine Änderung ab {day} (UTC) an.",
    "delayed": "Eine Änderung des Partnerprogramms ist verschoben: Sie gilt ab {day} (UTC).",
    "reminder": "Zur Erinnerung: Eine Änderung des Partnerprogramms gilt ab {day} (UTC).",
}
LETTER = """\
{first}

{title}

{changes}
{next_steps}
Bereich: {workspace}
Kontakt: {contact}
Alles Weitere: {link}
"""
NEXT_STEPS = "\nNächste Schritte\n\n{text}\n"
DRAFT = {
    "title": "Regeln des Programms ändern sich ab {day}",
    "new": "Neu: {text}",
    "stated_anew": "Geändert: {new} Bis dahin: {old}",
    "ended": "Nicht mehr: {text}",
    "needs": "Was nötig ist: {text}",
}
