// Drawer, filters and menus. Everything that shows a figure is written by the server.
(() => {
  const drawer = document.getElementById("drawer");
  const drawerBody = document.getElementById("drawer-body");
  const announce = (text) => { document.getElementById("announce").textContent = text; };

  document.addEventListener("click", (event) => {
    const target = event.target;
    if (target.closest("[data-drawer]") && !drawer.contains(target)) {
      drawerBody.replaceChildren();
      drawer.showModal();
    }
    if (target.closest("[data-close]") || target === drawer) drawer.close();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(target)) menu.open = false;
    }
    const toggle = target.closest("[data-table]");
    if (toggle) {
      const figure = toggle.closest("[data-figure]");
      const open = figure.classList.toggle("as-table");
      toggle.setAttribute("aria-pressed", String(open));
    }
  });

  // A form whose answer takes seconds says so on its button, which is not pressed twice.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || !button?.dataset.waits) return;
    announce(button.dataset.waits);
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = button.dataset.waits;
    setTimeout(() => { button.disabled = true; });
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted && document.querySelector("[data-waits]:disabled")) location.reload(); });

  // What a table was searched for stands in the address, as without scripts, so that going back finds it again.
  document.addEventListener("htmx:config:request", (event) => {
    const form = event.detail.ctx.sourceElement?.closest?.("form.find");
    if (!form) return;
    const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(history.state, "", form.getAttribute("action") + (asked.size ? `?${asked}` : ""));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // A choice takes effect at once; two dates only when both are there.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("#filters");
    if (!form) return;
    if (event.target.type === "date") {
      form.querySelector("input[name=range][value=custom]").checked = true;
      return;
    }
    if (event.target.value === "custom") return;
    form.requestSubmit();
  });

  // Leave out of the request what is not chosen, so that the URL stays short.
  document.addEventListener("htmx:config:request", (event) => {
    const body = event.detail.ctx?.request?.body;
    if (!(body instanceof FormData) || event.detail.ctx.sourceElement?.id !== "filters") return;
    if (body.get("range") !== "custom") { body.delete("from"); body.delete("to"); }
  });

  // The menu leads to the same days, clock and shop, also past pages that have none.
  const kept = () => {
    const own = document.querySelector(".nav a[data-period][aria-current=page]");
    // One thing's page, such as an order's, may say nothing of days.
    const isSilent = location.pathname !== own?.pathname && !location.search;
    if (!own || isSilent || !location.pathname.startsWith(own.pathname)) return sessionStorage.getItem("period") ?? "";
    const here = new URLSearchParams(location.search);
    const names = ["range", "from", "to", "compare", "clock", "shop"];
    const query = new URLSearchParams(names.filter((name) => here.get(name)).map((name) => [name, here.get(name)])).toString();
    sessionStorage.setItem("period", query);
    return query;
  };
  const follow = (event) => {
    const link = event.target.closest?.(".nav a[data-period]");
    const query = kept();
    if (link) link.search = query;
  };
  for (const name of ["pointerover", "focusin", "click"]) document.addEventListener(name, follow);

  let focused = null;
  document.addEventListener("htmx:before:swap", () => {
    const active = document.activeElement;
    focused = active?.id && !drawer.open ? active.id : null;
  });
  document.addEventListener("htmx:after:swap", () => {
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
    for (const panel of document.querySelectorAll("[data-pending]")) {
      if (panel.querySelector(".skeleton")) continue;
      panel.removeAttribute("data-pending");
      panel.removeAttribute("aria-busy");
    }
    const busy = document.querySelector("#view [data-pending]");
    if (!busy && document.getElementById("view")) announce(document.getElementById("period-in-words")?.textContent ?? "");
  });
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx?.response?.status === 401) location.reload();
  });
})();
