"""What exports call the columns of customers and their contacts."""

from __future__ import annotations

CUSTOMER_NAMES: tuple[tuple[str, str, str], ...] = (
    (
        "email",
        "email",
        (
            "main email|billing email|email|e-mail|email address|e mail address|emailid|contact email|bill email"
            "|customer email|primary email|e-mail-adresse|email adresse|mail|courriel|adresse mail|adresse e-mail"
            "|correo electrónico|correo|mailadres|bill email address"
        ),
    ),
    (
        "phone",
        "text",
        (
            "main phone|phone numbers|phone number|phone|telephone|contact phone|tel|telefon|telefonnummer|téléphone"
            "|teléfono|telefono|telefoon|mobile|mobile phone|mobile number"
        ),
    ),
    (
        "contact_name",
        "text",
        (
            "contact name|contact person|primary contact|full name|contact full name|contact|ansprechpartner"
            "|ansprechpartnerin|personne de contact|interlocuteur|persona de contacto|contactpersoon|attention|attn"
            "|billing attention"
        ),
    ),
    (
        "tax_number",
        "text",
        (
            "vat no|vat number|vat id|vat id no|vat id number|vat reg no|vat registration number|vat registration no"
            "|vat registration|customer vat no|customer vat number|eu vat number|tax id|tax id number|tax number|tax no"
            "|tax registration number|tax registration no|tax identification number|tax identifier|taxpayer id|tin"
            "|gstin|gstin no|gst no|gst number|gst registration number|gst identification number gstin|abn"
            "|partner tax id|customer tax id|tax code number|stceg|ust idnr|ust id nr|ust id|ustid|ustidnr"
            "|umsatzsteuer id|umsatzsteuer identifikationsnummer|umsatzsteuernummer|steuernummer|steuer nr|mwst nr"
            "|uid nummer|uid nr|eu ust idnr|eu ustidnr|n° tva|numéro de tva|numéro tva|tva intracommunautaire"
            "|n° tva intracommunautaire|numéro de tva intracommunautaire|siret|siren|nif|nif cif|cif|cif nif|nif iva"
            "|rfc|rut|cuit|partita iva|p iva|p. iva|codice fiscale|btw nummer|btw nr|btw id|cnpj|cpf|nip|regon"
            "|číslo dph|dič|adószám|org nr|organisation number|momsnummer|cvr|税番号|登録番号"
        ),
    ),
    (
        "first_name",
        "text",
        "first name|contact first name|given name|forename|vorname|prénom|nombre de pila|voornaam",
    ),
    (
        "last_name",
        "text",
        (
            "last name|name adressatentyp natürl person|contact last name|family name|surname|nachname"
            "|nom de famille|apellido|apellidos|achternaam"
        ),
    ),
    (
        "role",
        "text",
        "role|contact role|function|rolle|funktion|rôle|fonction|rol|función|ruolo|functie",
    ),
    (
        "language",
        "text",
        "language|language code|lang|locale|sprache|sprachcode|korrespondenzsprache|langue|idioma|lingua|taal|spras",
    ),
    (
        "owner",
        "text",
        (
            "owner|owner name|collector|collector name|collector id|ar owner|account manager|credit controller"
            "|credit manager|responsible|sachbearbeiter|sachbearbeiterin|zuständig|mahnsachbearbeiter|gestionnaire"
            "|chargé de recouvrement|gestor|responsable|verantwoordelijke"
        ),
    ),
    (
        "segment",
        "text",
        (
            "segment|customer segment|customer group|customer type|customer class|customer category|customer sub type"
            "|group|kundengruppe|kundenklasse|kundensegment|groupe de clients|catégorie client|grupo de clientes"
            "|klantgroep|ktokd"
        ),
    ),
    (
        "credit_limit",
        "amount",
        (
            "credit limit|creditlimit|kreditlimit|kredit limit|kreditlinie|limite de crédit|encours autorisé"
            "|límite de crédito|limite crédito|fido|kredietlimiet|klimk"
        ),
    ),
    (
        "insured_limit",
        "amount",
        (
            "insured limit|insurance limit|credit insurance limit|insured amount|versicherungslimit"
            "|versichertes limit|warenkreditversicherung|limite assurée|limite d'assurance|límite asegurado"
            "|límite de riesgo asegurado|verzekerd limiet"
        ),
    ),
    (
        "parent",
        "text",
        (
            "parent|parent customer|parent code|parent account|parent company|parent customer id|parent name"
            "|head office|konzern|mutter|muttergesellschaft|hauptkunde|société mère|matriz|moedermaatschappij"
            "|toplevel parent"
        ),
    ),
    (
        "region",
        "text",
        (
            "region|country|billing country|bill addr country|country code|territory|land|ländercode|pays|país|paese"
            "|land code|contact country|po country|bill to country"
        ),
    ),
    (
        "active_flag",
        "text",
        "active|enabled|is active|isactive|aktiv|actif|activo|attivo|actief",
    ),
    (
        "inactive_flag",
        "text",
        "inactive|isinactive|is inactive|inaktiv|inactif|inactivo|gesperrt|blocked|disabled",
    ),
    (
        "address",
        "text",
        (
            "billing address|address|street|bill addr line1|billing street|adresse|straße|anschrift|rue|dirección"
            "|calle|city|ort|ville"
        ),
    ),
)
"""Field, what its cells hold, its names: best first."""
