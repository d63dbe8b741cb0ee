// The widget of Empty Chair: asks one question at a time inside a product, in a shadow of its own.
// Nothing of it needs 'unsafe-inline': its styles are constructed, its elements are made one by one, texts are texts.
(() => {
  "use strict";
  const script = document.currentScript;
  const told = script ? script.dataset : {};
  const base = new URL(script ? script.src : location.href).origin;
  const state = { key: told.key || "", user: told.user || "", mac: told.mac || "", config: null, busy: false, page: "" };
  const store = (name, value) => {
    try {
      if (value === undefined) return localStorage.getItem("emptychair-" + name);
      localStorage.setItem("emptychair-" + name, value);
    } catch { /* storage is refused: then this visit alone is remembered */ }
    return (state.kept ||= {})[name] = value === undefined ? (state.kept || {})[name] : value;
  };
  const analytics = () => (window.analytics && typeof window.analytics.user === "function" ? window.analytics.user() : null);
  const posthog = () => (window.posthog && typeof window.posthog.get_distinct_id === "function" ? window.posthog : null);
  const attempt = (work) => { try { return work() || ""; } catch { return ""; } };
  const device = () => told.anonymous || attempt(() => analytics().anonymousId()) || attempt(() => posthog().get_distinct_id())
    || attempt(() => JSON.parse(localStorage.getItem("ajs_anonymous_id"))) || store("id") || own();
  const own = () => {
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    store("id", id);
    return id;
  };
  const person = () => state.user || attempt(() => analytics().id());
  const post = async (path, fields) => {
    const body = new URLSearchParams({ key: state.key, anonymous_id: device(), user_id: person(), mac: state.mac,
      lang: told.lang || document.documentElement.lang || navigator.language || "", ...fields });
    const answer = await fetch(base + "/widget/" + path, { method: "POST", body, credentials: "omit" });
    return answer.ok || answer.status === 422 ? answer.json() : null;
  };

  // --- when to ask -------------------------------------------------------------------------------------------
  const matches = (pattern, url) => {
    let text = url.split("#")[0];
    if (!pattern.includes("?")) text = text.split("?")[0];
    if (pattern.startsWith("/")) text = text.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/, "");
    if (pattern.startsWith("/") && !text.startsWith("/")) text = "/" + text;
    const [first, ...rest] = pattern.split("*");
    if (!text.startsWith(first)) return false;
    if (!rest.length) return true;
    const last = rest.pop();
    let place = first.length;
    for (const part of rest) {
      place = text.indexOf(part, place);
      if (place < 0) return false;
      place += part.length;
    }
    return text.endsWith(last) && text.length - last.length >= place;
  };
  const isQuiet = () => Date.now() < Number(store("quiet-until") || 0);
  const look = async (event) => {
    if (!state.key || state.busy || isQuiet()) return;
    state.busy = true;
    try {
      state.config ||= await (await fetch(base + "/widget/config?key=" + encodeURIComponent(state.key), { credentials: "omit" })).json();
      const url = location.href;
      const isWorth = (state.config.asked || []).some((one) => (one.events.length ? one.events.includes(event) : !event)
        && (!one.urls.length || one.urls.some((pattern) => matches(pattern, url))));
      const offer = isWorth ? await post("offer", { url, event: event || "" }) : null;
      if (!offer || !offer.survey) return;
      await new Promise((done) => setTimeout(done, 1000 * offer.delay));
      if (isQuiet() || (offer.delay && location.href !== url)) return;
      const first = await post("opening", { survey: offer.survey, url, event: event || "" });
      if (!first || !first.sheet) return;
      store("quiet-until", String(Date.now() + 864e5 * (state.config.pause_days || 0)));
      draw(first, offer.side);
    } catch { /* a product never breaks because a question could not be asked */ } finally { state.busy = false; }
  };

  // --- how it looks ------------------------------------------------------------------------------------------
  const css = `
  :host { all: initial; color-scheme: light dark; }
  * { box-sizing: border-box; }
  .box { --accent: #0c6b63; --on: #fff; --surface: #fff; --ink: #14201e; --muted: #5b6865; --edge: #8b918c; --line: #d8d9d2; --bad: #b23a22;
    position: fixed; inset-block-end: 20px; z-index: 2147483000; width: min(380px, calc(100vw - 40px)); max-height: min(640px, calc(100vh - 40px)); overflow: auto;
    padding: 20px; border: 1px solid var(--line); border-radius: 16px; background: var(--surface); color: var(--ink); box-shadow: 0 18px 50px -18px rgb(0 0 0 / .45);
    font: 400 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; outline: 0; }
  .box.end { inset-inline-end: 20px; } .box.start { inset-inline-start: 20px; }
  .blue { --accent: #1e5aa8; } .violet { --accent: #6a3fa0; } .red { --accent: #a8321e; } .orange { --accent: #8f4a00; } .grey { --accent: #46504d; }
  .top { display: flex; gap: 12px; justify-content: space-between; align-items: start; margin-block-end: 12px; }
  .title { font-size: 14px; color: var(--muted); margin: 4px 0 0; } h2, p { margin: 0; }
  form { display: grid; gap: 18px; } fieldset, .q { border: 0; margin: 0; padding: 0; display: grid; gap: 8px; min-width: 0; }
  legend, .lb, .end-title { padding: 0; font-weight: 600; font-size: 17px; line-height: 1.35; margin-block-end: 6px; outline: 0; }
  .small { font-size: 14px; color: var(--muted); white-space: pre-line; } .bad { font-size: 14px; font-weight: 600; color: var(--bad); }
  .steps { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 3px; }
  .steps label { position: relative; display: grid; place-items: center; min-height: 44px; border: 1px solid var(--edge); border-radius: 8px; font-weight: 600; cursor: pointer; font-variant-numeric: tabular-nums; }
  .steps input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
  .steps label:has(:checked) { background: var(--accent); border-color: var(--accent); color: var(--on); }
  .ends { display: flex; justify-content: space-between; gap: 16px; font-size: 13px; color: var(--muted); }
  .opt { display: flex; gap: 10px; align-items: center; min-height: 44px; padding: 8px 12px; border: 1px solid var(--line); border-radius: 10px; cursor: pointer; overflow-wrap: anywhere; }
  .opt:has(:checked) { border-color: var(--accent); } .opt input { width: 18px; height: 18px; flex: none; margin: 0; accent-color: var(--accent); } .opt span { flex: 1; }
  .line, select { font: inherit; color: inherit; background: transparent; border: 1px solid var(--edge); border-radius: 10px; min-height: 44px; padding: 9px 12px; width: 100%; } select { width: auto; min-width: 72px; } option { background: var(--surface); }
  textarea.line { min-height: 92px; resize: vertical; }
  button { font: inherit; font-weight: 600; color: inherit; background: none; border: 1px solid var(--line); border-radius: 10px; min-height: 44px; padding: 8px 18px; cursor: pointer; }
  .go { background: var(--accent); border-color: var(--accent); color: var(--on); } .close { flex: none; min-height: 32px; width: 32px; padding: 0; border: 0; font-size: 22px; line-height: 1; color: var(--muted); }
  .foot { display: flex; flex-direction: row-reverse; justify-content: space-between; gap: 10px; } .trap { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  :focus-visible, .steps label:has(:focus-visible), .opt:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
  [hidden] { display: none !important; }
  @media (max-width: 520px) { .box, .box.end, .box.start { inset-inline: 0; inset-block-end: 0; width: 100%; border-radius: 16px 16px 0 0; padding-block-end: calc(20px + env(safe-area-inset-bottom)); } }
  @media (prefers-reduced-motion: no-preference) { .box { animation: rise .25s ease-out; } @keyframes rise { from { transform: translateY(16px); opacity: 0; } } }`;
  const dark = `.box { --accent: #57c4b5; --on: #06211e; --surface: #151b1a; --ink: #e9eeec; --muted: #97a5a1; --edge: #6a7672; --line: #35403d; --bad: #ff9178; }
  .blue { --accent: #86b6f5; } .violet { --accent: #c4a5f0; } .red { --accent: #ff9e8a; } .orange { --accent: #f0ad66; } .grey { --accent: #b6c1bd; }`;
  const sheets = () => {
    const sheet = new CSSStyleSheet();
    const theme = told.theme || "auto";
    sheet.replaceSync(css + (theme === "dark" ? dark : theme === "light" ? "" : `@media (prefers-color-scheme: dark) { ${dark} }`));
    return [sheet];
  };
  const make = (tag, attributes, ...inside) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) if (value !== false && value !== null && value !== undefined && value !== "") node.setAttribute(name, value === true ? "" : value);
    node.append(...inside.filter((one) => one !== null && one !== undefined && one !== ""));
    return node;
  };

  // --- questions ---------------------------------------------------------------------------------------------
  const box = (type, name, value, isOn, label, id) => make("label", { class: "opt" }, make("input", { type, name, value, checked: isOn, id }), make("span", {}, label));
  const inside = (q, say) => {
    const name = "a." + q.id;
    if (q.kind === "number") {
      const label = (n) => n + (n === q.numbers[0] && q.low ? ", " + q.low : n === q.numbers[q.numbers.length - 1] && q.high ? ", " + q.high : "");
      const steps = q.numbers.map((n) => make("label", {}, make("input", { type: "radio", name, value: n, checked: q.answer.number === n, "aria-label": label(n) }), String(n)));
      return [make("div", { class: "steps" }, ...steps), q.low || q.high ? make("div", { class: "ends", "aria-hidden": "true" }, make("span", {}, q.low), make("span", {}, q.high)) : null];
    }
    if (q.kind === "ranking") return q.options.map((one) => {
      const place = q.answer.choices.indexOf(one.id) + 1;
      const places = [make("option", { value: "" }, "–")];
      for (let n = 1; n <= q.places; n++) places.push(make("option", { value: n, selected: n === place }, String(n)));
      return make("label", { class: "opt" }, make("select", { name: name + "." + one.id }, ...places), make("span", {}, one.text));
    });
    if (q.kind === "matrix") return q.rows.map((row) => make("fieldset", {}, make("legend", { class: "small" }, row.text),
      ...q.options.map((one) => box("radio", name + "." + row.id, one.id, q.answer.cells[row.id] === one.id, one.text))));
    return q.options.flatMap((one) => {
      const isMany = q.kind === "multiple", isOn = q.answer.choices.includes(one.id), id = "o-" + q.id + "-" + one.id;
      const choice = isMany ? box("checkbox", name + "." + one.id, "1", isOn, one.text, id) : box("radio", name, one.id, isOn, one.text, id);
      return one.is_other ? [choice, make("input", { class: "line", name: "o." + q.id, value: q.answer.other, maxlength: q.longest_other, placeholder: say.which, "aria-label": say.which })] : [choice];
    });
  };
  const question = (q, say) => {
    const about = [q.help ? make("p", { class: "small", id: "h-" + q.id }, q.help) : null, q.hint ? make("p", { class: "small", id: "t-" + q.id }, q.hint) : null,
      q.objection ? make("p", { class: "bad", id: "e-" + q.id }, q.objection) : null];
    const by = [q.objection && "e-" + q.id, q.help && "h-" + q.id, q.hint && "t-" + q.id].filter(Boolean).join(" ");
    const must = q.is_required ? make("span", { class: "small" }, " (" + say.required + ")") : null;
    if (q.kind === "text") {
      const same = { class: "line", id: "a-" + q.id, name: "a." + q.id, maxlength: q.longest, "aria-describedby": by, "aria-invalid": !!q.objection && "true" };
      const field = q.is_long ? make("textarea", same, q.answer.text) : make("input", { ...same, value: q.answer.text, type: q.format === "date" ? "date" : q.format === "email" ? "email" : "text" });
      return make("div", { class: "q", hidden: !q.is_asked, "data-question": q.id }, make("label", { class: "lb", for: "a-" + q.id }, q.text, must), ...about, field);
    }
    return make("fieldset", { hidden: !q.is_asked, "data-question": q.id, "aria-describedby": by }, make("legend", { tabindex: "-1" }, q.text, must), ...about, ...inside(q, say));
  };

  // --- the box -----------------------------------------------------------------------------------------------
  const draw = (first, side) => {
    const host = make("div", { "data-emptychair": "" });
    const shadow = host.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = sheets();
    const frame = make("div", { class: "box " + (side === "start" ? "start" : "end"), role: "dialog", tabindex: "-1", "aria-labelledby": "title" });
    const before = document.activeElement;
    let now = first, isOver = false;
    const leave = () => {
      if (!isOver) post("dismissal", { survey: first.survey, t: first.t }).catch(() => {});
      const hadFocus = shadow.activeElement;
      host.remove();
      if (hadFocus && before && before.focus) before.focus();
    };
    const fill = (isFirst) => {
      const { sheet } = now, say = sheet.say;
      frame.lang = sheet.language;
      frame.dir = sheet.is_right_to_left ? "rtl" : "ltr";
      frame.classList.add(sheet.accent);
      const close = make("button", { class: "close", type: "button", "aria-label": say.close }, "×");
      close.addEventListener("click", leave);
      const top = make("div", { class: "top" }, make("h2", { class: "title", id: "title" }, sheet.title), close);
      const form = make("form", { novalidate: true }, make("button", { class: "trap", tabindex: "-1", "aria-hidden": "true", name: "go", value: "next" }, say.next),
        sheet.number === 0 && sheet.intro ? make("p", { class: "small" }, sheet.intro) : null, ...sheet.questions.map((q) => question(q, say)),
        make("div", { class: "trap", "aria-hidden": "true" }, make("input", { name: "website", tabindex: "-1", autocomplete: "off", "aria-label": say.leave_empty })),
        make("p", { class: "bad", role: "alert", hidden: true }, say.not_kept),
        make("div", { class: "foot" }, make("button", { class: "go", name: "go", value: "next" }, sheet.is_last ? say.send : say.next), sheet.has_back ? make("button", { name: "go", value: "back" }, say.back) : null));
      form.addEventListener("submit", (event) => { event.preventDefault(); turn(form, event.submitter ? event.submitter.value : "next"); });
      form.addEventListener("change", () => keep(form));
      frame.replaceChildren(top, form);
      if (isFirst) return;
      const target = frame.querySelector(".bad:not([hidden])") ? frame.querySelector("[aria-invalid], fieldset:has(.bad) input, fieldset:has(.bad) select") : frame.querySelector("[data-question]:not([hidden]) legend, [data-question]:not([hidden]) .line");
      (target || frame).focus();
    };
    const fields = (form, go) => ({ ...Object.fromEntries(new FormData(form)), survey: first.survey, t: first.t, page: now.page, stamp: first.stamp, lang: now.sheet.language, go });
    const keep = async (form) => {
      const found = await post("answer", fields(form, "stay")).catch(() => null);
      for (const q of (found && found.sheet ? found.sheet.questions : [])) { const node = frame.querySelector('[data-question="' + q.id + '"]'); if (node) node.hidden = !q.is_asked; }
    };
    const turn = async (form, go) => {
      const found = await post("answer", fields(form, go)).catch(() => null);
      if (!found) { form.querySelector("[role=alert]").hidden = false; return; }
      if (!found.over) { now = found; fill(false); return; }
      isOver = true;
      const close = make("button", { class: "close", type: "button", "aria-label": now.sheet.say.close }, "×");
      close.addEventListener("click", leave);
      frame.replaceChildren(make("div", { class: "top" }, make("h2", { class: "end-title", id: "title", tabindex: "-1" }, found.title), close), make("p", { class: "small", role: "status" }, found.text));
      frame.querySelector(".end-title").focus();
      setTimeout(() => host.isConnected && !frame.contains(shadow.activeElement) && host.remove(), 8000);
    };
    frame.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); leave(); } });
    fill(true);
    shadow.append(frame);
    document.body.append(host);
  };

  // --- what a product may say --------------------------------------------------------------------------------
  const wait = Array.isArray(window.emptyChair) ? window.emptyChair : [];
  const verbs = { identify: (user, mac) => { state.user = user || ""; state.mac = mac || ""; }, event: (name) => look(name), page: () => look("") };
  window.emptyChair = { push: (call) => verbs[call[0]] && verbs[call[0]](...call.slice(1)), ...verbs };
  const begin = () => {
    wait.forEach((call) => window.emptyChair.push(call));
    attempt(() => window.analytics.on("track", (name) => look(name)));
    attempt(() => window.posthog.on("eventCaptured", (event) => event.event[0] !== "$" && look(event.event)));
    look("");
    let seen = location.href;
    setInterval(() => { if (location.href !== seen) { seen = location.href; look(""); } }, 1000);
  };
  if (document.body) begin(); else document.addEventListener("DOMContentLoaded", begin);
})();
