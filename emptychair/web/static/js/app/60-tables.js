// A click on the head of a table of data sorts it; numbers are read as the page's language writes them.
const point = new Intl.NumberFormat(document.documentElement.lang).formatToParts(1.5).find((part) => part.type === "decimal").value;
const numberOf = (text) => { const plain = text.replace(/\u2212/g, "-").replace(new RegExp(`[^0-9\\-${point}]`, "g"), "").replace(point, "."); return plain === "" || plain === "-" ? NaN : Number(plain); };
function sortBy(head) {
  const table = head.closest("table"), column = head.cellIndex, up = head.getAttribute("aria-sort") !== "ascending";
  const rows = [...table.tBodies[0].rows];
  const text = (row) => row.cells[column].textContent.trim();
  const isNumeric = column > 0 && rows.some((row) => !Number.isNaN(numberOf(text(row))));
  // The first column of a series is a time: its order is the one in which it came.
  rows.forEach((row, index) => { row.dataset.place ??= index; });
  const compare = column === 0 ? (a, b) => a.dataset.place - b.dataset.place : isNumeric ? (a, b) => (numberOf(text(a)) || 0) - (numberOf(text(b)) || 0) : (a, b) => text(a).localeCompare(text(b));
  rows.sort((a, b) => compare(a, b) * (up ? 1 : -1));
  table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  table.tBodies[0].append(...rows);
}
document.addEventListener("click", (event) => { const button = event.target.closest("[data-sort]"); if (button) sortBy(button.closest("th")); });
