// Search from anywhere: Ctrl/Cmd+K, "/" or the button. A combobox over a list that the server writes; the words travel in a body.
(() => {
  const palette = document.getElementById("palette");
  const form = document.getElementById("palette-form");
  const input = document.getElementById("palette-input");
  const list = document.getElementById("palette-list");
  const say = document.getElementById("palette-say");
  if (!palette) return;
  let waiting, asking, chosen = -1, answered = null;
  const options = () => [...list.querySelectorAll("[role=option]")];

  const choose = (index) => {
    const all = options();
    chosen = all.length ? (index + all.length) % all.length : -1;
    all.forEach((one, place) => one.setAttribute("aria-selected", String(place === chosen)));
    if (chosen < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", all[chosen].id);
    all[chosen].scrollIntoView({ block: "nearest" });
  };

  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const words = input.value;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, signal: asking.signal,
      });
      if (answer.status === 401) { location.reload(); return; }
      list.innerHTML = await answer.text();
      answered = words;
      const nothing = list.querySelector("[data-nothing], [role=alert]");
      say.textContent = nothing ? nothing.textContent : "";
      if (nothing) list.replaceChildren();
      const found = options().length;
      list.hidden = !found;
      input.setAttribute("aria-expanded", String(found > 0));
      if (found) { htmx.process(list); }
      choose(0);
    } catch (fault) {
      if (fault.name !== "AbortError") say.textContent = "The server does not answer. Try again in a moment.";
    }
  };

  // A definition draws its course; pages without charts fetch what draws them when the first one is opened.
  const fetchCharts = () => {
    if (document.querySelector("script[src*='charts.js']")) return;
    for (const source of palette.dataset.charts.split(" ")) {
      const script = document.createElement("script");
      script.src = source;
      script.async = false;
      document.head.append(script);
    }
  };

  const open = () => {
    if (palette.open) return;
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    input.value = "";
    palette.showModal();
    input.focus();
    ask();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open();
    }
    if (event.target.closest("[data-drawer]")) fetchCharts();
    const option = event.target.closest("#palette-list [role=option]");
    if (option?.matches("[data-drawer]")) event.preventDefault();
    if (option) palette.close();
    if (event.target === palette) palette.close();
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest("dialog").close();
  });
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option.getAttribute("aria-selected") !== "true") choose(options().indexOf(option));
  });
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  input.addEventListener("keydown", async (event) => {
    const all = options();
    const step = { ArrowDown: chosen + 1, ArrowUp: chosen - 1 }[event.key];
    if (step !== undefined) { event.preventDefault(); choose(step); }
    if (event.key === "Enter") {
      event.preventDefault();
      // Whoever types faster than the server answers means what they typed, not what stood there before.
      if (answered !== input.value) { clearTimeout(waiting); await ask(); }
      if (answered === input.value) options()[chosen]?.click();
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const writes = event.target.closest?.("input, textarea, select, [contenteditable]");
    const shortcut = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (shortcut || (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !document.querySelector("dialog[open]"))) {
      event.preventDefault();
      if (palette.open) palette.close(); else open();
    }
  });
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    for (const hint of document.querySelectorAll("[data-shortcut]")) hint.textContent = "⌘ K";
  }

  // On a phone the rows of pages and sections scroll; where one is stands in view.
  for (const here of document.querySelectorAll(".side .nav [aria-current], .sections [aria-current]")) {
    here.scrollIntoView({ block: "nearest", inline: "center" });
  }

  // Save view: the page as it stands in the address bar now.
  const saving = document.getElementById("save-view");
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-save-view]")) {
      saving.querySelector("[name=path]").value = location.pathname;
      saving.querySelector("[name=query]").value = location.search.slice(1);
      saving.showModal();
      saving.querySelector("[name=name]").focus();
    }
    if (event.target === saving) saving.close();
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const from = document.querySelector(copy.dataset.copy);
      from.select();
      navigator.clipboard?.writeText(from.value).then(() => { copy.querySelector("span").textContent = "Copied"; }, () => {});
    }
  });
})();
