// Draws the curve of a cohort from the table under it, and each row of the heat map as a faint line behind it.
(() => {
  const root = document.documentElement;
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const number = (text) => (text ? Number(text) : null);

  function ticks(unit) {
    const shape = { notation: "compact", maximumFractionDigits: unit === "money" ? 1 : 2 };
    if (unit === "money") Object.assign(shape, { style: "currency", currency: root.dataset.currency, minimumFractionDigits: 0 });
    if (unit === "rate") Object.assign(shape, { style: "percent", notation: "standard", maximumFractionDigits: 0 });
    const format = new Intl.NumberFormat(root.dataset.locale, shape);
    return (value) => format.format(value).replace("-", "−");
  }

  function read(box) {
    const rows = [...box.parentElement.querySelectorAll(".chart-data tbody tr")];
    return rows.map((row) => {
      const [label, seen, ahead, interval, mean] = row.cells;
      return {
        label: label.textContent, seen: number(seen.dataset.value), seenText: seen.textContent,
        ahead: number(ahead.dataset.value), aheadText: ahead.textContent, interval: interval.textContent,
        mean: number(mean.dataset.value), meanText: mean.textContent,
        low: number(row.dataset.low), high: number(row.dataset.high),
      };
    });
  }

  // Columns of the heat map: cohort, customers, then months from 0; the curve may start with month 1.
  function others(first) {
    return [...document.querySelectorAll("#heat tbody tr:not(.followed, .small-cohort)")].map((row) =>
      [...row.cells].slice(2 + first).map((cell) => (cell.classList.contains("heat-forecast") ? null : number(cell.dataset.value))));
  }

  function tip(point) {
    const box = document.createElement("div");
    box.className = "tip";
    const line = (kind, label, text) => {
      const item = document.createElement("div");
      const head = document.createElement("span");
      const value = document.createElement("b");
      item.className = kind;
      head.append(document.createElement("i"), label);
      value.textContent = text;
      item.append(head, value);
      box.append(item);
    };
    if (point.seen !== null) line("now", point.label, point.seenText);
    if (point.ahead !== null) line("ahead", `${point.label}, forecast`, `${point.aheadText} (${point.interval})`);
    if (point.mean !== null) line("then", "Cohorts shown, together", point.meanText);
    return box;
  }

  function option(points, unit, wide) {
    const bar = token("--bar");
    const first = Number(points[0].label.replace(/\D/g, ""));
    const last = points.findLastIndex((point) => point.seen !== null);
    // The forecast starts where the cohort was seen last, so that the line does not break.
    const ahead = points.map((point, index) => point.ahead ?? (index === last ? point.seen : null));
    const low = points.map((point, index) => point.low ?? (index === last ? point.seen : null));
    const band = points.map((point, index) => (point.high !== null ? point.high - point.low : index === last ? 0 : null));
    const axis = { axisLine: { show: false }, axisTick: { show: false } };
    const text = { color: token("--ink-3"), fontFamily: "Inter, sans-serif", fontSize: 11.5 };
    const plain = { type: "line", symbol: "none", silent: true, emphasis: { disabled: true } };
    const none = { ...plain, lineStyle: { opacity: 0 }, stack: "band", stackStrategy: "all" };
    return {
      animation: !still.matches, animationDuration: 320,
      grid: { left: 6, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        trigger: "axis", confine: true, transitionDuration: 0, padding: [10, 12], borderWidth: 1,
        backgroundColor: token("--surface"), borderColor: token("--line-strong"),
        axisPointer: { type: "line", lineStyle: { color: token("--line-strong"), type: "solid" } },
        formatter: (shown) => tip(points[shown[0].dataIndex]),
      },
      xAxis: {
        type: "category", boundaryGap: points.length === 1, data: points.map((point) => point.label.replace(/\D/g, "")), ...axis,
        axisLabel: { ...text, hideOverlap: true, interval: Math.max(0, Math.ceil(points.length / (wide ? 13 : 7)) - 1), margin: 12 },
      },
      yAxis: {
        type: "value", splitNumber: 4, ...axis, axisLabel: { ...text, formatter: ticks(unit) },
        splitLine: { lineStyle: { color: token("--line") } },
      },
      series: [
        ...others(first).map((data) => ({ ...plain, data, lineStyle: { color: token("--line-strong"), width: 1, opacity: 0.7 }, z: 1 })),
        { ...none, data: low, z: 1 },
        { ...none, data: band, areaStyle: { color: bar, opacity: 0.14 }, z: 1 },
        { ...plain, data: points.map((point) => point.mean), lineStyle: { color: token("--compare"), width: 1.5, type: [4, 4] }, z: 2 },
        { ...plain, data: ahead, lineStyle: { color: bar, width: 2, type: [3, 4] }, z: 3 },
        {
          ...plain, data: points.map((point) => point.seen), symbol: last < 2 ? "circle" : "none", symbolSize: 7,
          lineStyle: { color: bar, width: 2, join: "round" }, itemStyle: { color: bar }, z: 4,
        },
      ],
    };
  }

  const drawn = new Map();

  function show(box, chart, fresh) {
    const points = read(box);
    if (points.length) chart.setOption(option(points, box.dataset.unit, box.clientWidth > 560), fresh);
  }

  function draw() {
    for (const [box, chart] of drawn) {
      if (!box.isConnected) { chart.dispose(); drawn.delete(box); }
    }
    for (const box of document.querySelectorAll("[data-cohorts]")) {
      if (drawn.has(box) || !box.clientWidth) continue;
      const chart = echarts.init(box, null, { renderer: "canvas" });
      show(box, chart, false);
      drawn.set(box, chart);
      box.dataset.drawn = "";
    }
  }

  addEventListener("resize", () => { for (const chart of drawn.values()) chart.resize(); });
  document.addEventListener("fondaco:theme", () => { for (const [box, chart] of drawn) show(box, chart, true); });
  document.addEventListener("htmx:after:swap", draw);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-table]")) requestAnimationFrame(draw); });
  document.fonts?.ready.then(() => requestAnimationFrame(draw));
  draw();
})();
