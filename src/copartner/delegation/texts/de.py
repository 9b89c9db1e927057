"""German."""

DAY = "{:%d.%m.%Y}"
SUBJECT_SOON = "{partner}: delegierte Administratorbeziehung {name} endet am {day}"
SUBJECT_OVER = "{partner}: delegierte Administratorbeziehung {name} ist beendet"
PARTNER_SOON = """\
Die delegierte Administratorbeziehung {name} mit {customer} endet am {day} (UTC).

Von da an haben Ihre Benutzer durch sie keinen Zugriff mehr auf den Mandanten dieses Kunden. Wenn Sie weiterhin Zugriff
brauchen, bitten Sie den Kunden vor diesem Tag um eine neue Beziehung.
"""
PARTNER_OVER = """\
Die delegierte Administratorbeziehung {name} mit {customer} ist am {day} (UTC) abgelaufen.

Ihre Benutzer haben durch sie keinen Zugriff mehr auf den Mandanten dieses Kunden. Wenn Sie Zugriff brauchen, bitten Sie
den Kunden um eine neue Beziehung. Was Sie dem Kunden verkauft haben, ist davon nicht betroffen.
"""
CUSTOMER_SOON = """\
Die delegierte Administratorbeziehung {name}, durch die {partner} Zugriff auf Ihren Mandanten hat, endet am {day} (UTC).

Sie müssen nichts tun. Wenn {partner} nach diesem Tag noch Zugriff braucht, muss Sie {partner} um eine neue Beziehung
bitten.
"""
CUSTOMER_OVER = """\
Die delegierte Administratorbeziehung {name}, durch die {partner} Zugriff auf Ihren Mandanten hatte, ist am {day} (UTC)
abgelaufen.

{partner} hat durch sie keinen Zugriff mehr auf Ihren Mandanten. Was {partner} Ihnen verkauft hat, ist davon nicht
betroffen.
"""
ASKING_SUBJECT = "{partner} bittet um delegierte Administratorrechte: {name}"
ASKING = """\
Sehr geehrte Damen und Herren,

{partner} möchte in Ihrem Mandanten für Sie arbeiten. Dafür bitten wir Sie um diese Rollen, für {duration}{extension}:

{roles}

Ein Globaler Administrator Ihres Mandanten liest hier, was das bedeutet, und genehmigt es, bietet weniger an \
oder lehnt ab:

{link}

Sie können es jederzeit beenden. Es gibt uns kein Recht an dem, was andere Ihnen verkauft haben.

Mit freundlichen Grüßen
{partner}
"""
EXTENSION = ", danach jedes Mal um 180 Tage länger"
