"""Pourwell: beans by subscription, a shop of grinders and kettles, and an app that teaches brewing."""

from dataclasses import dataclass

NAME = "Pourwell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One subscription: its share of joiners, price a month in euro cents, hazard ratio, app use a week."""

    name: str
    share: float
    cents: int
    ratio: float
    uses: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One market: its share, currency, price factor, zone (see clock.ZONES), language and who speaks it."""

    code: str
    share: float
    currency: str
    factor: float
    zone: int
    language: str
    speak: float


PLANS = (
    Plan(name="taster", share=0.30, cents=1400, ratio=1.2, uses=0.55),
    Plan(name="home", share=0.35, cents=2900, ratio=1.0, uses=0.9),
    Plan(name="barista", share=0.35, cents=4900, ratio=0.85, uses=1.4),
)
PLATFORMS = (("android", 0.48), ("ios", 0.38), ("web", 0.14))
COUNTRIES = (
    Country(code="DE", share=0.28, currency="EUR", factor=1.0, zone=0, language="de", speak=0.40),
    Country(code="GB", share=0.24, currency="GBP", factor=0.87, zone=1, language="en", speak=1.0),
    Country(code="US", share=0.10, currency="USD", factor=1.12, zone=2, language="en", speak=1.0),
    Country(code="US", share=0.06, currency="USD", factor=1.12, zone=3, language="en", speak=1.0),
    Country(code="US", share=0.06, currency="USD", factor=1.12, zone=4, language="en", speak=1.0),
    Country(code="FR", share=0.12, currency="EUR", factor=1.0, zone=5, language="fr", speak=0.5),
    Country(code="ES", share=0.09, currency="EUR", factor=1.0, zone=6, language="es", speak=0.5),
    Country(code="CH", share=0.05, currency="CHF", factor=0.96, zone=7, language="de", speak=0.40),
)
LANGUAGES = ("en", "de", "es", "fr")

# (name, euro cents): what the shop sells besides the subscription
PRODUCTS = (
    ("Gooseneck kettle", 8900),
    ("Hand grinder", 7400),
    ("Burr grinder", 16900),
    ("Pour-over dripper", 2400),
    ("Paper filters", 690),
    ("Scale with timer", 4500),
    ("Moka pot", 3900),
    ("Milk pitcher", 1900),
    ("Water filter jug", 3200),
    ("Travel press", 2900),
    ("Espresso machine", 42900),
    ("Cold brew bottle", 2700),
)
BEANS = ("Lighthouse blend", "Sidamo", "Huila", "Antigua", "Night Owl decaf", "Monsoon Malabar")

# (team, share of all employees ever, role, location); the first four are the care teams
TEAMS = (
    ("Harbour", 0.09, "care agent", "Hamburg"),
    ("Meadow", 0.09, "care agent", "Bristol"),
    ("Summit", 0.09, "care agent", "Bern"),
    ("Canal", 0.09, "care agent", "Lyon"),
    ("Roastery", 0.14, "roaster", "Hamburg"),
    ("Logistics", 0.14, "packer", "Hamburg"),
    ("Stores", 0.14, "barista", "Bristol"),
    ("Engineering", 0.10, "engineer", "Remote"),
    ("Product", 0.06, "designer", "Remote"),
    ("Marketing", 0.06, "marketer", "Lyon"),
)
CARE_TEAMS = 4

_FIRST = """
Ada Ben Cleo Dario Edda Finn Greta Hugo Ines Jonas Kaya Leo Mina Nils Ona Pablo Quinn Rosa Sami Tilda Ugo
Vera Wim Xenia Yann Zoe Amir Bea Carl Dina Emil Flora Gus Hana Ivo June Kurt Lena Malik Nora"""
_LAST = """
Abel Brandt Costa Dubois Ellis Fischer Garcia Hughes Ibarra Jensen Keller Lopez Martin Novak Olsen Perez
Quast Romero Schmid Taylor Ullmann Vidal Weber Young Zeller Adler Bauer Clarke Diaz Evans Ferrer Graham
Huber Ito
Jones Klein Laurent Moreau Nash Owens"""
FIRST_NAMES = tuple(_FIRST.split())
LAST_NAMES = tuple(_LAST.split())
