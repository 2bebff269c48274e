// Settings and the report: the list of figures is narrowed while one types, a period takes effect at once, a page prints.
(() => {
  const field = document.querySelector("[data-filter]");
  if (field) {
    const items = [...document.querySelectorAll(`${field.dataset.filter} > li`)];
    const none = document.querySelector("[data-none]");
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const item of items) item.hidden = !words.every((word) => item.dataset.sought.includes(word));
      none.hidden = items.some((item) => !item.hidden);
    });
  }
  document.addEventListener("change", (event) => { if (event.target.matches("[data-submits]")) event.target.form.requestSubmit(); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) print(); });
})();
