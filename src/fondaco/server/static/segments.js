// The builder of segments: what was picked, where the focus goes, and a warning before work is lost.
(() => {
  const form = document.getElementById("segment");
  if (!form) return;
  let changed = "changed" in form.dataset;

  const tellPicked = (menu) => {
    const names = [...menu.querySelectorAll("input:checked + span")].map((name) => name.textContent);
    menu.querySelector(".picked").textContent = names.join(", ") || menu.dataset.none;
  };

  // Nobody knows products by their ids: what is chosen is called by its title.
  const tellTitle = (input) => {
    const told = form.querySelector(`[data-title-of="${input.getAttribute("list")}"]`);
    const chosen = [...(input.list?.options ?? [])].find((option) => option.value === input.value.trim());
    if (told) told.textContent = chosen?.dataset.title ?? "";
  };

  form.addEventListener("input", (event) => {
    changed = true;
    if (event.target.matches?.("input[list]")) tellTitle(event.target);
    const menu = event.target.closest("[data-pick]");
    if (menu) tellPicked(menu);
  });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  // Enter within a condition counts; it does not save.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("#builder input")) event.preventDefault();
  });

  document.addEventListener("htmx:after:swap", () => {
    const builder = document.getElementById("builder");
    if (!builder || builder.dataset.seen) return;
    builder.dataset.seen = "1";
    document.getElementById(builder.dataset.lookAt ?? "")?.focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.getElementById("builder").dataset.seen = "1";
})();
