// Draws a line from the table that stands under each [data-chart]. The table holds the words; nothing is formatted
// here but the ticks of the axis.
(() => {
  const root = document.documentElement;
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const number = (cell) => (cell?.dataset.value ? Number(cell.dataset.value) : null);

  function ticks(unit) {
    const shape = { notation: "compact", maximumFractionDigits: 1 };
    if (unit === "money") Object.assign(shape, { style: "currency", currency: root.dataset.currency, minimumFractionDigits: 0 });
    if (unit === "rate") Object.assign(shape, { style: "percent", notation: "standard" });
    const format = new Intl.NumberFormat(root.dataset.locale, shape);
    return (value) => format.format(value).replace("-", "−");
  }

  function read(box) {
    const rows = [...box.parentElement.querySelectorAll(".chart-data tbody tr")];
    return rows.map((row) => {
      const [label, now, thenLabel, then] = row.cells;
      return {
        tick: label.dataset.tick, label: label.textContent, value: number(now), text: now.textContent,
        thenLabel: thenLabel?.textContent, thenValue: number(then), thenText: then?.textContent,
      };
    });
  }

  function tip(point, compared) {
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
    line("now", point.label, point.text);
    if (compared && point.thenLabel) line("then", point.thenLabel, point.thenText);
    return box;
  }

  // A bar for this period, a short line for the compared one in the same place.
  function bars(points, compared) {
    return [
      { type: "bar", data: points.map((point) => point.value), barMaxWidth: 34, barCategoryGap: "28%", itemStyle: { color: token("--bar"), borderRadius: [3, 3, 0, 0] }, emphasis: { itemStyle: { color: token("--accent") } }, z: 2 },
      compared && {
        type: "line", data: points.map((point) => point.thenValue), symbol: points.length === 1 ? "circle" : "none", symbolSize: 7, silent: true,
        lineStyle: { color: token("--compare"), width: 1.5, type: [4, 4] }, itemStyle: { color: token("--compare") }, z: 3,
      },
    ].filter(Boolean);
  }

  function option(points, unit, wide, shape) {
    const compared = points.some((point) => point.thenValue !== null);
    const bar = token("--bar");
    const alone = points.length === 1;
    const axis = { axisLine: { show: false }, axisTick: { show: false } };
    const text = { color: token("--ink-3"), fontFamily: "Inter, sans-serif", fontSize: 11.5 };
    return {
      animation: !still.matches, animationDuration: 320,
      grid: { left: 6, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        trigger: "axis", confine: true, transitionDuration: 0, padding: [10, 12], borderWidth: 1,
        backgroundColor: token("--surface"), borderColor: token("--line-strong"),
        axisPointer: { type: "line", lineStyle: { color: token("--line-strong"), type: "solid" } },
        formatter: (shown) => tip(points[shown[0].dataIndex], compared),
      },
      xAxis: {
        type: "category", boundaryGap: alone || shape === "bar", data: points.map((point) => point.tick), ...axis,
        axisLabel: { ...text, hideOverlap: true, interval: Math.max(0, Math.ceil(points.length / (wide ? 10 : 4)) - 1), margin: 12 },
      },
      yAxis: {
        type: "value", splitNumber: 4, ...axis, axisLabel: { ...text, formatter: ticks(unit) },
        splitLine: { lineStyle: { color: token("--line") } },
      },
      series: shape === "bar" ? bars(points, compared) : [
        compared && {
          type: "line", data: points.map((point) => point.thenValue), symbol: alone ? "circle" : "none", symbolSize: 7, silent: true,
          lineStyle: { color: token("--compare"), width: 1.5, type: [4, 4] }, itemStyle: { color: token("--compare") }, z: 1,
        },
        {
          type: "line", data: points.map((point) => point.value), symbol: alone ? "circle" : "none", symbolSize: 8,
          lineStyle: { color: bar, width: 2, join: "round" }, itemStyle: { color: bar }, emphasis: { disabled: true }, z: 2,
          areaStyle: { color: new echarts.graphic.LinearGradient(0, 0, 0, 1, [{ offset: 0, color: `${bar}2e` }, { offset: 1, color: `${bar}03` }]) },
        },
      ].filter(Boolean),
    };
  }

  const drawn = new Map();

  // The whole height of a bar's place leads where its row in the table does.
  function follow(box, chart) {
    const link = (at) => {
      const [index] = chart.convertFromPixel({ gridIndex: 0 }, [at.offsetX, at.offsetY]) ?? [];
      const rows = box.parentElement.querySelectorAll(".chart-data tbody tr");
      return chart.containPixel("grid", [at.offsetX, at.offsetY]) ? rows[index]?.querySelector("a") : null;
    };
    chart.getZr().on("click", (at) => link(at)?.click());
    chart.getZr().on("mousemove", (at) => chart.getZr().setCursorStyle(link(at) ? "pointer" : "default"));
  }

  function draw() {
    for (const [box, chart] of drawn) {
      if (!box.isConnected) { chart.dispose(); drawn.delete(box); }
    }
    for (const box of document.querySelectorAll("[data-chart]")) {
      if (drawn.has(box) || !box.clientWidth) continue;
      const chart = echarts.init(box, null, { renderer: "canvas" });
      chart.setOption(option(read(box), box.dataset.unit, box.clientWidth > 640, box.dataset.shape));
      drawn.set(box, chart);
      if (box.dataset.shape === "bar") follow(box, chart);
      box.dataset.drawn = "";
    }
  }

  addEventListener("resize", () => { for (const chart of drawn.values()) chart.resize(); });
  document.addEventListener("fondaco:theme", () => {
    for (const [box, chart] of drawn) chart.setOption(option(read(box), box.dataset.unit, box.clientWidth > 640, box.dataset.shape), true);
  });
  document.addEventListener("htmx:after:swap", draw);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-table]")) requestAnimationFrame(draw); });
  document.fonts?.ready.then(() => requestAnimationFrame(draw));
  draw();
})();
