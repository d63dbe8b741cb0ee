"""What columns are called, in several languages: names cut into words and known synonyms of every field."""

import re
import unicodedata
from functools import cache


def listed(text: str) -> tuple[str, ...]:
    """The words of a comma list."""
    return tuple(" ".join(synonym.split()) for synonym in text.split(","))


# Each synonym is a sequence of words, in the order of trust. Words are lower case, without accents; names are
# cut at capitals, digits and signs.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "person": listed("""
        customer id, customerid, user id, userid, client id, member id, person id, person, employee id,
        employee number, employee no, emp id, empid, staff id, worker id, contact id, account id, subscriber
        id, reviewer id, author id, respondent id, visitor id, player id, patient id, guest id, distinct id,
        anonymous id, clientnum, client number, customer number, customer no, cust id, custid, msisdn,
        email, e mail, customer email, user email, email address, customer, client, user, member, employee,
        username, user name, phone number, kundennummer, kunde, kunden id, kunden nr, kundennr, mitarbeiter,
        personalnummer, numero client, id client, identifiant client, cliente, id cliente, codigo cliente,
        klant, klantnummer, matricule, salarie, id usuario, usuario, empleado, reviewer, author, sender,
        author name, reviewer name, customer name, from
    """),
    "time": listed("""
        timestamp, datetime, date time, occurred at, created at, event time, event date, time, date, invoice
        date, order date, purchase date, order purchase timestamp, transaction date, response date,
        submitted at, submission date, review date, review time, sent at, received at, posted at, created,
        created on, completed at, survey date, answered at, at, ts, when, unix review time, datum,
        rechnungsdatum, bestelldatum, erstellt am, zeitpunkt, fecha, fecha pedido, fecha compra, fecha hora,
        data, data pedido, data ora, date commande, date achat, horodatage, bestel datum, tweet created,
        published at, day, tag, jour, dia
    """),
    "amount": listed("""
        amount, total, order total, total amount, total price, order value, order amount, line total,
        revenue, sales, sale amount, net amount, gross amount, grand total, spend, paid, payment value,
        payment, transaction amount, dollar value, value, subtotal, invoice total, betrag, summe, umsatz,
        gesamt, gesamtbetrag, gesamtpreis, montant, montant total, importe, monto, valor, valor total,
        importo, totale, bedrag, totaal, ca, amt
    """),
    "quantity": listed("""
        quantity, qty, units, number of items, item count, order quantity, quantity ordered, menge, anzahl,
        stueckzahl, stuck, quantite, cantidad, quantidade, quantita, aantal, number of cds, pieces
    """),
    "price": listed("""
        unit price, unitprice, price each, item price, price per unit, sale price, price, einzelpreis,
        stueckpreis, preis, prix unitaire, prix, precio unitario, precio, preco unitario, preco, prezzo,
        prijs, rate
    """),
    "currency": listed("""
        currency, currency code, iso currency, waehrung, wahrung, devise, moneda, moeda, valuta
    """),
    "order": listed("""
        order id, orderid, invoice no, invoice number, invoice, invoice id, order number, order no,
        transaction id, receipt, bestellnummer, rechnungsnummer, rechnung, numero commande, facture, pedido,
        factura, order, basket id, fattura
    """),
    "product": listed("""
        product id, stock code, sku, product, product name, item, item id, description, article, artikel,
        artikelnummer, produkt, produit, producto, prodotto, asin
    """),
    "start": listed("""
        start date, started at, start, joined at, join date, joined, signup date, sign up date, signed up
        at, subscription start, contract start, created at, activation date, activated at, hire date, date
        of hire, dateofhire, hired, hired at, hired on, date hired, hiring date, start of employment,
        employment start, entry date, registration date, registered at, customer since, member since, begin,
        begin date, from date, beginn, vertragsbeginn, eintritt, eintrittsdatum, eintritt am, date debut,
        debut, date entree, fecha inicio, fecha alta, fecha ingreso, data inicio, data admissao, inizio,
        data inizio, begindatum, startdatum, valid from, service start
    """),
    "end": listed("""
        end date, ended at, end, cancelled at, canceled at, cancel date, cancellation date, churn date,
        churned at, left at, leave date, left on, date left, subscription end, contract end, termination
        date, date of termination, dateoftermination, terminated at, terminated on, exit date, last working
        day, resignation date, employment end, to date, until, ende, vertragsende, kuendigungsdatum,
        kundigungsdatum, austritt, austrittsdatum, austritt am, date fin, fin, date sortie, date
        resiliation, fecha fin, fecha baja, fecha cancelacion, data fim, data demissao, data fine, fine,
        einddatum, enddatum, valid to, closed at, deactivated at, service end
    """),
    "tenure": listed("""
        tenure, tenure months, tenure in months, tenure days, tenure years, months on book, account length,
        years at company, years of service, length of service, seniority, months active, years with company,
        time spend company, time spent at company, service years, service months, customer tenure, years
        employed, months employed, company tenure, membership months, betriebszugehoerigkeit, vertragsdauer,
        anciennete, antiguedad, months as member, days active, age of account, days since signup, months
        since signup, loyalty months
    """),
    "flag": listed("""
        churn, churned, is churned, churn label, churn flag, churn value, attrition, attrition flag, exited,
        left, has left, left company, terminated, termd, is terminated, cancelled, canceled, is cancelled,
        customer status, employment status, status, churn status, turnover, quit, resigned, gekuendigt,
        gekundigt, ausgetreten, resilie, parti, baja, abandono, cancelado, saiu, uscito, vertrokken, active,
        is active, still active, is employed, employed, label
    """),
    "reason": listed("""
        reason, churn reason, exit reason, termination reason, term reason, cancellation reason, leave
        reason, reason for leaving, kuendigungsgrund, grund, motif, motivo
    """),
    "score": listed("""
        nps score, nps, enps, score, csat, csat score, ces, ces score, rating, stars, star rating,
        likelihood to recommend, recommend, recommendation, would you recommend, satisfaction score,
        satisfaction, effort score, overall, overall rating, overall score, review score, grade, bewertung,
        sterne, note, puntuacion, calificacion, valoracion, estrellas, avaliacao, nota, punteggio,
        valutazione, stelle, beoordeling, weiterempfehlung, answer, points, rate
    """),
    "text": listed("""
        comment, comments, review text, reviewtext, review, text, feedback, verbatim, message, body,
        content, review body, review comment message, description, comment text, message text, tweet, post,
        question, complaint, answer text, why, reason for score, open text, free text, kommentar, nachricht,
        rezension, commentaire, avis, comentario, comentarios, mensaje, texto, commento, recensione, testo,
        mensagem, opmerking, bericht, transcript, utterance, sentence, consumer complaint narrative,
        narrative, remarks, note
    """),
    "title": listed("""
        title, review title, subject, summary, headline, betreff, titel, titre, objet, asunto, titulo,
        oggetto, titolo
    """),
    "channel": listed("""
        channel, source, medium, platform, kanal, canal, canale, kanaal, origin, submitted via
    """),
    "name": listed("""
        event, event name, event type, action, activity, name, ereignis, aktion, evenement, evento, accion,
        acao, azione, page, screen, feature, event action
    """),
    "as_of": listed("""
        as of, as of date, snapshot date, snapshot, report date, extract date, export date, stichtag,
        reporting date
    """),
}

# Forms put a whole question above a column; these words in it tell what is asked.
_QUESTIONS = {
    "score": tuple(
        tuple(question.split())
        for question in listed("""
            how likely, likely to recommend, recommend us, how satisfied, how easy, how would you rate,
            satisfaction rating, wie wahrscheinlich, wie zufrieden, que probabilidad, quelle probabilite
        """)
    )
}
EMPLOYEE = frozenset(
    listed("""
        employee, employees, emp, staff, worker, attrition, hire, hired, hiring, termination, salary, payroll,
        department, jobrole, job, overtime, manager, enps, mitarbeiter, personalnummer, gehalt, abteilung,
        salarie, empleado, dipendente, werknemer, workforce, hr
    """)
)
PASSIVE_WORDS = frozenset(listed("active, employed, retained, current"))
_CUT = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of a column's name: lower case, no accents, cut at capitals, digits and signs."""
    folded = unicodedata.normalize("NFKD", name.translate(_UMLAUTS))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return tuple(word.lower() for word in _CUT.findall(plain))


@cache
def _known(field: str) -> dict[tuple[str, ...], int]:
    return {tuple(synonym.split()): place for place, synonym in enumerate(SYNONYMS[field])}


@cache
def name_score(field: str, name: str) -> float:
    """How well a name says this field: about 3 when it is a known name, 2 when it contains one, else 0."""
    cut, known = words(name), _known(field)
    joined = ("".join(cut),)
    size = len(known)
    for candidate in (cut, joined):
        if candidate in known:
            return 3 + 0.5 * (1 - known[candidate] / size)
    best = 2.75 if any(_contains(cut, question) for question in _QUESTIONS.get(field, ())) else 0.0
    for synonym, place in known.items():
        if _contains(cut, synonym):
            # A short synonym inside a long name ("date" in "date of birth") says less than a long one.
            best = max(best, 1 + len(synonym) / len(cut) + 0.25 * (1 - place / size))
    return best


def _contains(cut: tuple[str, ...], synonym: tuple[str, ...]) -> bool:
    return any(cut[i : i + len(synonym)] == synonym for i in range(len(cut) - len(synonym) + 1))


@cache
def _every_word() -> frozenset[str]:
    listed = {word for synonyms in SYNONYMS.values() for synonym in synonyms for word in synonym.split()}
    return frozenset(
        listed | EMPLOYEE | {"id", "category", "age", "gender", "country", "type", "segment", "region"}
    )


def is_vocabulary(name: str) -> bool:
    """Whether a cell reads like the name of a column."""
    cut = words(name)
    return 0 < len(cut) <= 5 and (any(word in _every_word() for word in cut) or "".join(cut) in _every_word())


@cache
def is_known(name: str) -> bool:
    """Whether a cell is exactly a known name of some field."""
    return any(name_score(field, name) >= 3 for field in SYNONYMS)
