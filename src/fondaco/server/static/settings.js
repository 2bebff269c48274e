// Settings: the list of figures is narrowed while one types.
(() => {
  const field = document.querySelector("[data-filter]");
  if (!field) return;
  const items = [...document.querySelectorAll(`${field.dataset.filter} > li`)];
  const none = document.querySelector("[data-none]");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) item.hidden = !words.every((word) => item.dataset.sought.includes(word));
    none.hidden = items.some((item) => !item.hidden);
  });
})();
