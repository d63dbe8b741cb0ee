// Forms work without any of this; here they only ask less of the hand.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches("[data-submit]")) return;
  const own = field.name === "period" && field.form.querySelector("[data-own-period]");
  if (own) own.hidden = field.value !== "custom";
  if (own && field.value === "custom") { own.querySelector("input").focus(); return; }
  field.form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) { event.preventDefault(); event.stopPropagation(); }
}, true);
document.addEventListener("focusin", (event) => { if (event.target.matches("[data-select]")) event.target.select(); });
