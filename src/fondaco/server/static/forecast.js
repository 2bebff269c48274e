// Draws known days and forecast ones with their interval from the table under each [data-forecast].
(() => {
  const root = document.documentElement;
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const number = (text) => (text ? Number(text) : null);

  function ticks() {
    const shape = { notation: "compact", maximumFractionDigits: 1, style: "currency", currency: root.dataset.currency, minimumFractionDigits: 0 };
    const format = new Intl.NumberFormat(root.dataset.locale, shape);
    return (value) => format.format(value).replace("-", "−");
  }

  function read(box) {
    return [...box.parentElement.querySelectorAll(".chart-data tbody tr")].map((row) => {
      const [label, seen, ahead, interval] = row.cells;
      return {
        tick: label.dataset.tick, label: label.textContent, seen: number(seen.dataset.value), seenText: seen.textContent,
        ahead: number(ahead.dataset.value), aheadText: ahead.textContent, interval: interval.textContent,
        low: number(row.dataset.low), high: number(row.dataset.high),
      };
    });
  }

  function tip(point) {
    const box = document.createElement("div");
    box.className = "tip";
    const item = document.createElement("div");
    const head = document.createElement("span");
    const value = document.createElement("b");
    item.className = point.seen === null ? "ahead" : "now";
    head.append(document.createElement("i"), point.seen === null ? `${point.label}, forecast` : point.label);
    value.textContent = point.seen === null ? `${point.aheadText} (${point.interval})` : point.seenText;
    item.append(head, value);
    box.append(item);
    return box;
  }

  function option(points, wide) {
    const bar = token("--bar");
    const last = points.findLastIndex((point) => point.seen !== null);
    // The forecast starts where the last known day ended, so that the line does not break.
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
        type: "category", data: points.map((point) => point.tick), ...axis,
        axisLabel: { ...text, hideOverlap: true, interval: Math.max(0, Math.ceil(points.length / (wide ? 12 : 5)) - 1), margin: 12 },
      },
      yAxis: {
        type: "value", splitNumber: 4, ...axis, axisLabel: { ...text, formatter: ticks() },
        splitLine: { lineStyle: { color: token("--line") } },
      },
      series: [
        { ...none, data: low, z: 1 },
        { ...none, data: band, areaStyle: { color: bar, opacity: 0.14 }, z: 1 },
        { ...plain, data: ahead, lineStyle: { color: bar, width: 2, type: [3, 4] }, z: 3 },
        { ...plain, data: points.map((point) => point.seen), lineStyle: { color: bar, width: 2, join: "round" }, z: 4 },
      ],
    };
  }

  const drawn = new Map();

  function show(box, chart, fresh) {
    const points = read(box);
    if (points.length) chart.setOption(option(points, box.clientWidth > 560), fresh);
  }

  function draw() {
    for (const [box, chart] of drawn) {
      if (!box.isConnected) { chart.dispose(); drawn.delete(box); }
    }
    for (const box of document.querySelectorAll("[data-forecast]")) {
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
