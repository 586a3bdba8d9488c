"""What exports call the columns of documents: invoices, open items, payments, credit notes."""

from __future__ import annotations

DOCUMENT_NAMES: tuple[tuple[str, str, str], ...] = (
    (
        "customer_code",
        "code",
        (
            "customer no|customer number|customer id|customer code|customer account|cust no|cust number|cust_id|kunnr"
            "|client id|client code|client no|client number|contact account number|account reference|account number"
            "|account no|debtor|debtor no|debtor number|debtor account|debtor code|contact id|bill to customer number"
            "|party id|payer|entity id|kundennummer|kunden nr|kundennr|kd nr|kdnr|debitor|debitorennr|debitorennummer"
            "|debitorenkonto|debitor nr|personenkonto|konto|konto nr|kontonummer|code client|n° client|no client"
            "|numéro client|client|compte client|compte auxiliaire|compauxnum|código cliente|codigo de cliente"
            "|nº cliente|cuenta cliente|cuenta|codice cliente|debiteur|debiteurnummer|klantnummer|klant nr|entity"
            "|party|sold to|sold to party|account|ship to"
        ),
    ),
    (
        "customer_name",
        "name",
        (
            "customer name|customer full name|customer|client name|contact name|customer company name|bill to name"
            "|bill to|invoice partner display name|party name|partys name|name customer|debtor name|account name"
            "|company name|company|organization|organisation|display name|fully qualified name|client|name 1|name1"
            "|name|contact|partner|party|trading name|full name|buyer|payer name|sold to name|kunde|kundenname"
            "|kunden name|firma|firmenname|debitorname|debitorenname|debitor name|debitor bezeichnung|empfänger"
            "|rechnungsempfänger|bezeichnung|name adressatentyp unternehmen|kurzbezeichnung|nom du client|nom client"
            "|raison sociale|compte client nom 1|compauxlib|nom|cliente|nombre cliente|nombre del cliente|nombre"
            "|razón social|ragione sociale|denominazione|klant|klantnaam|naam|naam klant|entity name"
            "|customer display name|customeremail|contact email"
        ),
    ),
    (
        "invoice_no",
        "code",
        (
            "invoice number|invoice no|invoice #|invoice num|invoice nr|invoice id number|inv no|inv number|inv #"
            "|doc number|document number|document no|documentno|doc no|doc num|num|no|number|transaction number"
            "|trx number|trx no|voucher no|voucher number|voucher|bill no|bill number|tran no|tranid|reference number"
            "|ref no|ref number|ref|reference no|receipt no|invoice|invoice reference|rechnungsnummer|rechnungs nr"
            "|rechnungsnr|rechnung nr|rechnung|re nr|renr|rg nr|belegnummer|belegnr|beleg nr|belegfeld 1|beleg"
            "|faktura nr|fakturanummer|n° facture|no facture|numéro de facture|numéro facture|facture|numéro de pièce"
            "|n° pièce|no pièce|pieceref|nº factura|número de factura|numero factura|factura|nº documento"
            "|número de documento|documento|numero fattura|fattura|factuurnummer|factuur nr|factuur|boekstuknummer"
            "|belnr|vbeln|doc_id|recordid|invoicenumber|document|reference|référence|referenz|referencia|details"
            "|credit note number|credit memo number|credit note no"
            "|credit note #|credit memo no|gutschriftnummer|gutschriftsnummer|gutschrift nr|n° avoir"
        ),
    ),
    (
        "system_id",
        "code",
        "invoice id|transaction id|document id|entry no|internal id|txn id|uuid|guid|record id|id|lfdnr|system id",
    ),
    (
        "payment_no",
        "code",
        (
            "payment number|payment no|payment id|payment #|receipt number|receipt no|receipt id|zahlungsnummer"
            "|zahlungsnr|n° paiement|numéro de paiement|nº pago|número de pago|check number|cheque number"
        ),
    ),
    (
        "applies_to",
        "code",
        (
            "applied to invoice|applies to invoice|applies to|applied to|applied invoice|against invoice|against"
            "|for invoice|invoice paid|linked invoice|original invoice number|original invoice|invoice bill number"
            "|applies to doc no|zu rechnung|zahlung zu rechnung|verrechnet mit|bezugsrechnung|facture liée"
            "|factura relacionada"
        ),
    ),
    (
        "issue_date",
        "date",
        (
            "invoice date|date issued|issue date|issued on|date of issue|invoice bill date|inv date|bill date"
            "|document date|doc date|transaction date|trx date|tran date|trandate|bldat|rechnungsdatum"
            "|rechnungs datum|re datum|belegdatum|beleg datum|ausstellungsdatum|fakturadatum|date de facture"
            "|date facture|date de pièce|date pièce|piecedate|date d'émission|date émission|fecha factura"
            "|fecha de factura|fecha de emisión|fecha emisión|fecha documento|data fattura|data emissione"
            "|factuurdatum|invoiced at|invoiced on|date|date utc|created utc|datum|fecha|data|posting date|pstng date"
            "|budat|buchungsdatum|buchungstag|date comptable|fecha contable|boekdatum|document create date"
            "|whencreated|created at|created|created on|created time|baseline create date|baseline date"
            "|credit note date|credit memo date|gutschriftdatum|date avoir"
        ),
    ),
    (
        "due_date",
        "date",
        (
            "due date|due|net due date|net due dt|net due|payment due date|payment due|due on|due by|due at"
            "|due in date|date due|maturity date|maturity|when due|duedate|fälligkeitsdatum|fälligkeit|fällig am"
            "|fällig|nettofälligkeit|netto fälligkeit|fälligkeit netto|zahlbar bis|zahlungsziel datum|belegfeld 2"
            "|date d'échéance|date échéance|échéance|échéance nette|date limite|fecha de vencimiento"
            "|fecha vencimiento|vencimiento|vence|scadenza|data scadenza|vervaldatum|vervaldag|netto vervaldatum"
            "|expected payment date"
        ),
    ),
    (
        "paid_date",
        "date",
        (
            "paid date|date paid|payment date|paid on|paid at|settled date|settlement date|last payment date"
            "|clear date|clearing date|clrng date|closed at date|closed date|close date|closed at|fully paid on date"
            "|fully paid on|zahldatum|zahlungsdatum|bezahlt am|ausgleichsdatum|ausgleich|date de règlement"
            "|date règlement|date de paiement|date paiement|date de rapprochement|datelet|fecha de pago|fecha pago"
            "|fecha de cobro|fecha cobro|data pagamento|betaaldatum|augdt|whenpaid"
        ),
    ),
    (
        "delivery_date",
        "date",
        (
            "delivery date|date of delivery|date delivered|delivered on|delivered at|delivered date"
            "|actual delivery date|ship date|shipping date|shipped date|date shipped|shipped on|shipment date"
            "|goods issue date|actual goods issue date|actual gi date|dispatch date|date of dispatch|despatch date"
            "|fulfilled at|fulfillment date|fulfilment date|service date|date of service|service performed on"
            "|performance date|date of supply|supply date|service rendered date|services rendered date|lieferdatum"
            "|liefer datum|geliefert am|leistungsdatum|liefer leistungsdatum|liefer und leistungsdatum"
            "|leistungs lieferdatum|versanddatum|versand am|warenausgangsdatum|warenausgang am|date de livraison"
            "|date livraison|livré le|date d'expédition|date expédition|date de prestation|date de la prestation"
            "|fecha de entrega|fecha entrega|entregado el|fecha de envío|fecha envío|fecha de servicio"
            "|fecha de prestación|data di consegna|data consegna|data spedizione|leverdatum|leveringsdatum"
            "|datum levering|verzenddatum|data de entrega|wadat ist|wadatist|fbuda|shipdate|servicedate|deliverydate"
        ),
    ),
    (
        "amount",
        "amount",
        (
            "invoice total|invoice amount|invoice grand total|invoiced amount|total amount|grand total|gross amount"
            "|amount gross|gross total|gross|amount due original|original amount|document amount|invoice value"
            "|billed amount|billed|transaction amount|total signed|total|amount|amount in doc curr"
            "|amount in document currency|amt in doc curr|amount in local currency|amount in local cur|amount in lc"
            "|amount in transaction currency|amount currency|rechnungsbetrag|rechnungssumme|bruttobetrag|brutto"
            "|gesamtbetrag|gesamt|endbetrag|betrag in belegwährung|betrag belegwährung|betrag|betrag in hauswährung"
            "|betrag hauswährung|umsatz|umsatz ohne soll haben kz|summe|montant ttc|total ttc|montant total"
            "|montant facture|montant de la facture|valeur de la devise de la pièce|montant en devise de pièce"
            "|montant en devise interne|montant|importe total|total factura|importe factura|importe|totale"
            "|totale fattura|importo|importo totale|factuurbedrag|totaalbedrag|bedrag|bedrag in documentvaluta"
            "|bedrag in lokale valuta|total entered|wrbtr|dmbtr|amount lcy|value|invoice amt|amt|original amt"
            "|total sales|foreign total|converted|converted amount|debit amount"
        ),
    ),
    (
        "open_amount",
        "amount",
        (
            "open balance|open amount|balance due|amount due|amount outstanding|outstanding amount"
            "|outstanding balance|outstanding|remaining amount|remaining balance|remaining|amount remaining"
            "|amount due remaining|amount due signed|invoice amount due|residual|residual amount|unpaid amount|unpaid"
            "|unpaid balance|pending amount|pending|open|total due|total open amount|foreign amount unpaid|balance"
            "|balance amount|remaining credit|closing balance|offen|offener betrag|offener posten|offen betrag"
            "|restbetrag|rest|offener saldo|saldo|zahlbetrag offen|noch offen|reste à payer|restant dû|solde dû"
            "|montant dû|montant ouvert|solde|reste|pendiente|importe pendiente|saldo pendiente|importe abierto"
            "|residuo|saldo aperto|importo aperto|openstaand|openstaand bedrag|openstaand saldo|restant|total ageing"
            "|total aging"
        ),
    ),
    (
        "paid_amount",
        "amount",
        (
            "paid amount|amount paid|paid|paid to date|payments received|payments|payments credits|total paid"
            "|received|amount received|invoice amount paid|collected|applied amount|amount applied|payment amount"
            "|payment total|receipt amount|amount collected|payment|bezahlt|gezahlt"
            "|bezahlter betrag|zahlbetrag|zahlungseingang|geldeingang|réglé|payé|montant réglé|montant payé|acompte"
            "|pagado|importe pagado|cobrado|importe cobrado|pagato|incassato|betaald|betaald bedrag"
            "|foreign amount paid"
        ),
    ),
    (
        "debit",
        "amount",
        "debit|debit amount|debit amount two column approach|dr|soll|sollbetrag|débit|debe|dare|debet",
    ),
    (
        "credit",
        "amount",
        "credit|credit amount|credit amount two column approach|cr|haben|habenbetrag|crédit|haber|avere",
    ),
    (
        "tax_amount",
        "amount",
        (
            "tax total|total tax|tax amount|vat amount|vat|tax|sales tax amount|gst|gst amount|mwst|mwst betrag|ust"
            "|umsatzsteuer|steuerbetrag|tva|montant tva|iva|cuota iva|btw|btw bedrag"
        ),
    ),
    (
        "line_amount",
        "amount",
        "line total|line amount|item total|item amount|line total amount|positionsbetrag|total ligne",
    ),
    (
        "quantity",
        "amount",
        "quantity|qty|item quantity|menge|anzahl|quantité|qté|cantidad|quantità|aantal",
    ),
    (
        "unit_price",
        "amount",
        (
            "unit amount|unit price|price|item price|item cost|rate|unit cost|einzelpreis|preis|prix unitaire"
            "|precio unitario|precio|prezzo|prijs"
        ),
    ),
    (
        "currency",
        "currency",
        (
            "currency code|invoice currency code|invoice currency|document currency|doc currency|doc curr|currency"
            "|currency id|transaction currency|curr|ccy|lcurr|local currency|local curr|customer currency|währung"
            "|waehrung|währungscode|belegwährung|wkz|wkz umsatz|whg|hauswährung|devise|code devise"
            "|clé de devise de la pièce|devise de la pièce|devise pièce|idevise|monnaie|moneda|divisa|valuta|munt"
            "|waers"
        ),
    ),
    (
        "doc_type",
        "text",
        (
            "transaction type|document type|doc type|doc. type|voucher type|invoice type|record type|recordtype"
            "|trans type|txn type|trns type|type|class|kind|belegart|belegtyp|buchungsart|dokumenttyp|dokumentart|art"
            "|typ|type de pièce|type de document|type pièce|nature|tipo de documento|tipo documento|tipo|soort"
            "|documentsoort|blart|ty"
        ),
    ),
    (
        "status",
        "text",
        (
            "invoice status|payment status|status|state|payment state|open or closed|is open|isopen|open|closed|paid"
            "|bezahlstatus|zahlungsstatus|zahlstatus|ausgeglichen|statut|état|état de paiement|estado|cobrada|pagada"
            "|stato|betaalstatus|txn status"
        ),
    ),
    (
        "state",
        "text",
        "status|document status|doc status|approval status",
    ),
    (
        "debit_credit",
        "text",
        (
            "debit credit|dr cr|d c|debit credit indicator|dc indicator|sign|s h|soll haben|soll haben kennz"
            "|soll haben kennzeichen|s h kennzeichen|sens|debe haber|d h|shkzg|af bij|cdtdbtind|cr dr|cd indicator"
        ),
    ),
    (
        "clearing",
        "code",
        (
            "clearing document|clrng doc|clearing doc|ausgleichsbeleg|ausgleichsbelegnummer|pièce de rapprochement"
            "|documento de compensación|vereffeningsdocument|augbl"
        ),
    ),
    (
        "po_number",
        "code",
        (
            "po number|po no|p.o. #|po #|po|purchase order|purchase order number|p.o. number|p.o. no.|customer po"
            "|customer po number|customer lpo|order number|order no|your reference|external document no|bestellnummer"
            "|kundenbestellnummer|kundenbestellnr|bestell nr|auftragsnummer|ihr zeichen|n° de commande"
            "|numéro de commande|bon de commande|vos réf|nº pedido|número de pedido|pedido|su referencia|ordernummer"
            "|inkoopnummer|bstnk|bstkd|custom p o number"
        ),
    ),
    (
        "terms",
        "text",
        (
            "payment terms label|payment terms|payment term|terms|cust payment terms|terms of payment|net days|term"
            "|terms name|sales term id|zahlungsbedingung|zahlungsbedingungen|zahlungsbeding|zahlungsziel"
            "|zahlungskonditionen|zahlungskondition|conditions de paiement|condition de paiement"
            "|conditions de règlement|délai|condiciones de pago|condición de pago|forma de pago|termini di pagamento"
            "|betalingsvoorwaarden|betalingstermijn|betalingsconditie|zterm|termsold"
        ),
    ),
    (
        "reference",
        "text",
        (
            "reference|customer reference|external reference|xblnr|referenz|référence|referencia|riferimento"
            "|referentie|assignment|zuordnung|zuonr|affectation|memo description|memo|description|text|details"
            "|remarks|buchungstext|buchungstext|sgtxt|libellé|ecriturelib|motif|concepto|descripción|descrizione"
            "|omschrijving|subject|notes"
        ),
    ),
    (
        "entity",
        "code",
        (
            "company code|business code|bukrs|subsidiary|legal entity|business unit|selling entity|buchungskreis|bukr"
            "|mandant|société|sociedad|società|bedrijf|company id|our company"
        ),
    ),
    (
        "aging_bucket",
        "text",
        (
            "aging bucket|ageing bucket|aging|ageing|bucket|age|age days|days overdue|days past due|overdue days"
            "|past due days|überfällig|tage überfällig|verzugstage|tage verzug|jours de retard|retard|días vencido"
            "|días de retraso|días vencidos|giorni di ritardo|dagen te laat|arrears|days in arrears"
            "|arrears by net due date"
        ),
    ),
    (
        "ledger_account",
        "text",
        "account name|gl account|g l account|account title|sachkonto|ledger account|compte général",
    ),
    (
        "counter_account",
        "code",
        "gegenkonto|gegenkonto ohne bu schlüssel|contra account|compte de contrepartie",
    ),
    (
        "deleted_flag",
        "text",
        "fivetran deleted|is deleted|deleted|isdeleted|gelöscht|supprimé",
    ),
    (
        "current_flag",
        "text",
        "fivetran active",
    ),
    (
        "running_balance",
        "amount",
        "running balance|running bal|kontostand|saldo after",
    ),
)
"""Field, what its cells hold, its names: best first, several languages, SAP names as people and as tables say them."""
