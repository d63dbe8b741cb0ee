// Words of an interview are chosen with the mouse or counted with the keyboard; both show which they are.
const wordsIn = (text) => text.match(/\S+/g) || [];
function showChosen(form) {
  const words = wordsIn(form.closest(".turn").querySelector("[data-words]").textContent);
  const first = Number(form.elements.first.value), last = Number(form.elements.last.value);
  form.querySelector("[data-chosen]").textContent = first >= 1 && last >= first ? `“${words.slice(first - 1, last).join(" ")}”` : "";
}
document.addEventListener("input", (event) => { const form = event.target.closest("[data-choosing]"); if (form && event.target.type === "number") showChosen(form); });
document.addEventListener("toggle", (event) => { const form = event.target.open && event.target.querySelector("[data-choosing]"); if (form) showChosen(form); }, true);
document.addEventListener("mouseup", () => {
  const chosen = getSelection();
  if (chosen.isCollapsed || !chosen.rangeCount) return;
  const range = chosen.getRangeAt(0), start = range.startContainer.parentElement;
  const said = start && start.closest("[data-words]"), form = said && said.closest(".turn").querySelector("[data-choosing]");
  if (!form) return;
  const before = document.createRange();
  before.selectNodeContents(said);
  before.setEnd(range.startContainer, range.startOffset);
  const ahead = before.toString(), picked = said.contains(range.endContainer) ? range.toString() : said.textContent.slice(ahead.length);
  if (!picked.trim()) return;
  // A word that is cut by the mouse is meant whole.
  const inWord = /\S$/.test(ahead) && /^\S/.test(picked);
  form.elements.first.value = wordsIn(ahead).length + (inWord ? 0 : 1);
  form.elements.last.value = wordsIn(ahead + picked).length;
  form.closest("details").open = true;
  showChosen(form);
});
