// While a slider is drawn, its number goes along; the figures follow once it is let go.
(() => {
  document.addEventListener("input", (event) => {
    const slider = event.target.closest("input[data-lever]");
    if (!slider) return;
    const value = Number(slider.value);
    const shape = slider.dataset.lever === "share" ? { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 1 } : { maximumFractionDigits: 2 };
    const text = new Intl.NumberFormat(document.documentElement.dataset.locale, shape).format(value);
    slider.closest(".lever").querySelector("output").textContent = text.replace("-", "−");
    slider.setAttribute("aria-valuetext", text);
  });
})();
