// A survey works without any of this. Here answers are kept while they are given, and questions that depend on
// others of their page appear at once.
(() => {
  const form = document.querySelector("form[data-saving]");
  if (!form) return;
  let timer, running = null;
  const keep = () => {
    if (running) running.abort();
    running = new AbortController();
    // Files go with the page, and only then are others taken away.
    const body = new URLSearchParams([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "go" && !name.startsWith("r.")));
    fetch(form.dataset.saving, { method: "POST", body, signal: running.signal, credentials: "same-origin", headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((kept) => {
        if (!kept) return;
        if (kept.t) form.elements.t.value = kept.t;
        for (const one of form.querySelectorAll("[data-question]")) one.hidden = !kept.asked.includes(one.dataset.question);
      })
      .catch(() => {}); // sent again with the page
  };
  // Programs that look through mail follow links too: only a person moves, types or touches.
  if (form.dataset.seeing) {
    const signs = ["pointermove", "pointerdown", "keydown", "touchstart", "wheel"];
    const seen = (event) => {
      if (!event.isTrusted) return;
      signs.forEach((sign) => removeEventListener(sign, seen));
      const body = new URLSearchParams({ to: form.elements.to.value, v: form.elements.v.value, lang: form.elements.lang.value });
      fetch(form.dataset.seeing, { method: "POST", body, credentials: "same-origin" }).catch(() => {});
      if ("chosen" in form.dataset) keep();
    };
    signs.forEach((sign) => addEventListener(sign, seen, { passive: true }));
  }
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(keep, 250); });
  form.addEventListener("input", (event) => {
    // Words beside "other" belong to that choice.
    const of = event.target.dataset.of;
    if (of && event.target.value) { const box = document.getElementById(of); if (box) box.checked = true; }
    if (event.target.matches("textarea, input[type=text]")) { clearTimeout(timer); timer = setTimeout(keep, 1500); }
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (running) running.abort();
    const button = form.querySelector("[data-sending]"); // files take their time; the button that was pressed is sent all the same
    if (button && [...form.querySelectorAll("input[type=file]")].some((box) => box.files.length)) setTimeout(() => { button.dataset.label = button.textContent; button.textContent = button.dataset.sending; button.disabled = true; });
  });
  addEventListener("pageshow", () => { for (const one of form.querySelectorAll("[data-sending]:disabled")) { one.disabled = false; one.textContent = one.dataset.label; } });
  const wrong = document.querySelector(".asked .wrong input:not([name^='r.']), .asked .wrong textarea, .asked .wrong select");
  if (wrong) wrong.focus();
})();
