// Figures that move by themselves. The server says when something new is published; then each panel is asked for again, one
// after the other, and put in where it differs. A page that nobody sees hangs up: browsers open only six connections a host.
(() => {
  const main = document.querySelector("[data-published]");
  if (!main || !window.EventSource) return;
  let shown = main.dataset.published;
  let stream = null;
  let wanted = null;
  let busy = false;
  const before = new WeakMap();

  const say = (state, at) => {
    const badge = document.getElementById("live");
    if (!badge) return;
    badge.hidden = false;
    badge.dataset.state = state;
    const time = at && new Intl.DateTimeFormat(document.documentElement.dataset.locale, { timeStyle: "medium" }).format(new Date(at));
    const words = { on: "Connected", off: "Reconnecting" }[state];
    if (badge.firstElementChild.textContent !== words) badge.firstElementChild.textContent = words;
    badge.title = time ? `New figures come to this page by themselves; the newest were published at ${time}` : "New figures come to this page by themselves";
  };

  // Whoever types in a panel, reads its table or has its menu open is not to lose it.
  const inUse = (panel) => panel.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");

  async function refresh(panel) {
    const answer = await fetch(panel.dataset.live, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (answer.status === 401) { location.reload(); return; }
    if (!answer.ok || !panel.isConnected || inUse(panel)) return;
    const text = await answer.text();
    if (before.get(panel) === text) return;
    before.set(panel, text);
    const old = [...panel.querySelectorAll(".num")].map((figure) => figure.textContent);
    const tables = [...panel.querySelectorAll("[data-figure]")].map((figure) => figure.classList.contains("as-table"));
    const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
    panel.innerHTML = text;
    htmx.process(panel);
    panel.querySelectorAll("[data-figure]").forEach((figure, index) => {
      if (!tables[index]) return;
      figure.classList.add("as-table");
      figure.querySelector("[data-table]")?.setAttribute("aria-pressed", "true");
    });
    panel.querySelectorAll(".num").forEach((figure, index) => {
      if (old[index] !== undefined && old[index] !== figure.textContent) figure.classList.add("moved");
    });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("fondaco:live"));
  }

  async function catchUp(version, at) {
    wanted = version;
    if (busy) return;
    busy = true;
    try {
      while (wanted !== shown) {
        const now = wanted;
        for (const panel of document.querySelectorAll("[data-live]")) {
          if (panel.isConnected && !panel.hasAttribute("data-pending")) await refresh(panel);
        }
        const asOf = document.getElementById("as-of");
        const answer = asOf && await fetch("/freshness", { headers: { "HX-Request": "true" }, credentials: "same-origin" });
        if (answer?.ok) asOf.textContent = await answer.text();
        shown = now;
        document.getElementById("page")?.setAttribute("data-shows", shown);
      }
      say("on", at);
    } catch {
      say("off");
      setTimeout(() => { if (stream) catchUp(wanted, at); }, 3000);
    } finally {
      busy = false;
    }
  }

  function listen() {
    if (stream || document.hidden) return;
    stream = new EventSource(`/events?version=${encodeURIComponent(shown)}`);
    stream.addEventListener("state", (event) => say("on", JSON.parse(event.data).at));
    stream.addEventListener("published", (event) => {
      const { version, at } = JSON.parse(event.data);
      if (version !== shown) catchUp(version, at);
    });
    stream.addEventListener("error", () => {
      say("off");
      if (stream?.readyState !== EventSource.CLOSED) return;
      hangUp();
      setTimeout(listen, 10000);
    });
  }

  function hangUp() {
    stream?.close();
    stream = null;
  }

  document.addEventListener("visibilitychange", () => { if (document.hidden) hangUp(); else listen(); });
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", listen);
  listen();
})();
