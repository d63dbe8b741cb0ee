"""The public files of orders, as arrays."""

import csv
import gzip
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from emptychair.stats.purchases import Purchases, purchases, purchases_of_orders

Orders = tuple[np.ndarray, np.ndarray, np.ndarray]


def cdnow_customers(data: Path) -> Purchases:
    with gzip.open(data / "cdnow" / "cdnow_customers_summary_with_transactions.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    return purchases(*([float(row[name]) for row in rows] for name in ("x", "t_x", "T", "zbar")))


@cache
def cdnow(data: Path, file: str = "CDNOW_sample.txt.gz") -> Orders:
    """(customer, days since 1997 began, amount) of each order."""
    first = date(1997, 1, 1).toordinal()
    with gzip.open(data / "cdnow" / file, "rt") as text:
        rows = [line.split() for line in text]
    rows = [row[-4:] for row in rows if row[0].isdigit()]
    days = [date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal() - first for _, day, _, _ in rows]
    who, amounts = ([convert(row[at]) for row in rows] for convert, at in ((int, 0), (float, 3)))
    return np.array(who), np.array(days), np.array(amounts)


def cdnow_orders(data: Path, *, until: int, unit: int, file: str = "CDNOW_sample.txt.gz") -> Purchases:
    return purchases_of_orders(*cdnow(data, file), until=until, unit=unit)[1]


@cache
def retail(data: Path) -> Orders:
    """(customer, days since 2010-12-01, amount) of each line of an invoice that is no return."""
    first = date(2010, 12, 1).toordinal()
    kept = []
    with gzip.open(data / "online_retail" / "online_retail_to_2011-08-31.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            amount = float(row["Quantity"]) * float(row["UnitPrice"])
            if row["CustomerID"] and amount > 0:
                day = date.fromisoformat(row["InvoiceDate"][:10]).toordinal() - first
                kept.append((int(float(row["CustomerID"])), day, amount))
    who, days, amounts = zip(*kept, strict=True)
    return np.array(who), np.array(days), np.array(amounts)


def online_retail(data: Path, *, until: int, unit: int) -> Purchases:
    return purchases_of_orders(*retail(data), until=until, unit=unit)[1]
