// Runs before the first paint: the colours the reader chose, or those of the system.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try { return localStorage.getItem("fondaco-theme"); } catch { return null; }
  };
  const paint = () => {
    const theme = remembered() ?? (system.matches ? "dark" : "light");
    root.dataset.theme = theme;
    root.dataset.bsTheme = theme;
  };
  root.classList.add("js");
  paint();
  system.addEventListener("change", () => { paint(); document.dispatchEvent(new Event("fondaco:theme")); });
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    try { localStorage.setItem("fondaco-theme", root.dataset.theme === "dark" ? "light" : "dark"); } catch { /* private mode */ }
    paint();
    document.dispatchEvent(new Event("fondaco:theme"));
  });
})();
