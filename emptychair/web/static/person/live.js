// A page that watches a customer shows what happens without being loaded again, unless somebody reads in it.
const watched = document.querySelector("[data-live]");
if (watched && window.EventSource) {
  const events = new EventSource(watched.dataset.live);
  let fresh = new Set(), timer;
  const timeline = () => document.getElementById("timeline");
  const said = (text) => { const place = timeline().querySelector("[data-live-said]"); if (place) place.textContent = text; };
  const told = () => watched.dataset.said.replace("#", fresh.size);
  const show = () => {
    if (timeline().querySelector("details[open]")) { said(told()); return; }
    htmx.ajax("GET", location.pathname + location.search, { target: "#timeline", select: "#timeline", swap: "outerHTML" }).then(() => {
      for (const line of timeline().querySelectorAll("[data-signal]")) if (fresh.has(line.dataset.signal)) { line.classList.add("fresh"); const visit = line.closest("details.visit"); if (visit) visit.classList.add("fresh"); }
      said(told());
    });
  };
  events.addEventListener("signal", (event) => { fresh.add(JSON.parse(event.data).id); clearTimeout(timer); timer = setTimeout(show, 400); });
  events.addEventListener("closed", () => events.close());
  addEventListener("pagehide", () => events.close());
}
