// One tooltip for everything that carries data-tip; pointer and keyboard alike.
const tip = document.getElementById("tip");
function showTip(target) {
  tip.textContent = target.dataset.tip;
  tip.hidden = false;
  const box = target.getBoundingClientRect();
  const half = tip.offsetWidth / 2;
  const middle = Math.min(Math.max(box.left + box.width / 2, half + 8), innerWidth - half - 8);
  const above = box.top - tip.offsetHeight - 6;
  tip.style.left = `${middle - half + scrollX}px`;
  tip.style.top = `${(above > 4 ? above : box.bottom + 6) + scrollY}px`;
}
const tipped = (event) => (event.target.closest ? event.target.closest("[data-tip]") : null);
document.addEventListener("pointerover", (event) => { const target = tipped(event); target ? showTip(target) : (tip.hidden = true); });
document.addEventListener("focusin", (event) => { const target = tipped(event); if (target && target.matches(":focus-visible")) showTip(target); });
document.addEventListener("focusout", () => { tip.hidden = true; });
document.addEventListener("scroll", () => { tip.hidden = true; }, true);
