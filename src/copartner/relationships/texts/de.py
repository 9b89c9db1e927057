"""German."""

SUBJECT = "{partner} möchte mit Ihnen zusammenarbeiten"
BODY = """\
Guten Tag,

{partner} möchte einer Ihrer Partner werden, damit wir an Sie verkaufen und betreuen können, was \
wir Ihnen verkauft haben. An dem, was Sie heute haben, ändert sich dadurch nichts, wer auch immer \
es verkauft hat, und Ihre anderen Partner bleiben, wie sie sind.

{reason}{privileges}Um zu antworten, öffnet ein Globaler Administrator Ihrer Organisation den Link unten, meldet sich \
an und nimmt an oder lehnt ab.

Mit freundlichen Grüßen
{sender}
{partner}
"""
REASON = """\
Warum wir anfragen: {reason}

"""
PRIVILEGES = """\
Wir bitten auch um delegierte Administratorrechte, mit denen unsere Agenten Ihren Mandanten \
verwalten dürfen. Sie können sie jederzeit wieder entziehen.

"""
LINK = "Hier antworten: {link}"
SIGNED = """\
Gesendet von copartner für {sender} bei {partner} ({domain}, Partner-ID {mpn_id}).
Antworten auf diese E-Mail erreichen niemanden."""
