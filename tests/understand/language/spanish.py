"""What customers of a shop for coffee machines wrote in Spanish, about four things that went wrong."""

THINGS = (
    "el molinillo", "la cafetera", "el hervidor", "la balanza", "la taza", "el filtro", "la tapa", "el mango",
    "el temporizador", "la boquilla", "el cable", "el interruptor", "la jarra", "el depósito", "la bandeja",
    "el termo", "la cuchara", "el embudo", "la válvula", "el espumador", "la junta", "el motor", "el sensor",
    "la resistencia", "el soporte", "la manguera", "el panel", "la bomba", "la rejilla", "el muelle",
)  # fmt: skip
ABOUT = {
    "rota": (
        "Se rompió {0} a las dos semanas y ya no funciona.",
        "Después de quince días {0} dejó de funcionar, está roto del todo.",
        "{0} no funciona desde ayer, se ha roto otra vez.",
    ),
    "reembolso": (
        "Devolví {0} y sigo esperando el reembolso de mi dinero.",
        "Llevo un mes esperando que me devuelvan el dinero de {0}.",
        "Todavía no he recibido el reembolso por {0}, quiero mi dinero.",
    ),
    "entrega": (
        "El paquete con {0} llegó tarde y el repartidor nunca llamó a la puerta.",
        "El repartidor dejó {0} en la calle y el paquete llegó tres días tarde.",
        "Mi paquete con {0} llega siempre tarde, el repartidor no avisa.",
    ),
    "clave": (
        "No puedo entrar en mi cuenta para comprar {0}, no llega el correo de la contraseña.",
        "He olvidado la contraseña y la cuenta no me deja comprar {0}.",
        "Quise comprar {0} pero mi cuenta no acepta la contraseña.",
    ),
}


def complaints(first: int = 0, last: int = len(THINGS)) -> list[tuple[str, str]]:
    """(what it is about, the text) of each thing and each trouble."""
    return [
        (about, _sentence(wordings[n % len(wordings)].format(THINGS[n])))
        for about, wordings in ABOUT.items()
        for n in range(first, last)
    ]


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
