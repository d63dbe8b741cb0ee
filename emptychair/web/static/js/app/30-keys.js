// g then a letter moves, / searches, ? helps, t switches the colours; never while somebody is typing.
let wentAt = -Infinity;
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { tip.hidden = true; document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; }); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=radio]),select,textarea,dialog")) return;
  const help = document.getElementById("help");
  if (event.key === "?" && help) { help.showModal(); event.preventDefault(); return; }
  const find = document.getElementById("find");
  if (event.key === "/" && find) { find.focus(); find.select(); event.preventDefault(); return; }
  if (event.key === "t" && help) { switchTheme(); return; }
  if (event.key === "g") { wentAt = event.timeStamp; return; }
  const link = event.timeStamp - wentAt < 1500 && /^[a-z]$/.test(event.key) && document.querySelector(`.side a[data-key="${event.key}"]`);
  wentAt = -Infinity;
  if (link) link.click();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && button.dataset.do === "theme") switchTheme();
  if (button && button.dataset.do === "help") document.getElementById("help").showModal();
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
