// Draws the course of an article's stock, and what is forecast of it, from the table under each [data-stock-chart].
(() => {
  const root = document.documentElement;
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const number = (text) => (text ? Number(text) : null);
  const rows = (box) => [...box.parentElement.querySelectorAll(".chart-data tbody tr")];
  const textStyle = () => ({ color: token("--ink-3"), fontFamily: "Inter, sans-serif", fontSize: 11.5 });
  const format = new Intl.NumberFormat(root.dataset.locale, { notation: "compact", maximumFractionDigits: 1 });

  // Lines of a kind and text: the first is the head.
  function tip(lines) {
    const box = document.createElement("div");
    box.className = "tip";
    for (const [kind, label, text] of lines) {
      const item = document.createElement("div");
      const head = document.createElement("span");
      const value = document.createElement("b");
      item.className = kind;
      head.append(document.createElement("i"), label);
      value.textContent = text;
      item.append(head, value);
      box.append(item);
    }
    return box;
  }

  function frame(points, wide, told) {
    const bare = { axisLine: { show: false }, axisTick: { show: false } };
    return {
      animation: !still.matches, animationDuration: 320,
      grid: { left: 6, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        trigger: "axis", confine: true, transitionDuration: 0, padding: [10, 12], borderWidth: 1,
        backgroundColor: token("--surface"), borderColor: token("--line-strong"),
        axisPointer: { type: "line", lineStyle: { color: token("--line-strong"), type: "solid" } },
        formatter: (shown) => tip(told(points[shown[0].dataIndex])),
      },
      xAxis: {
        type: "category", data: points.map((point) => point.tick), ...bare,
        axisLabel: { ...textStyle(), hideOverlap: true, interval: Math.max(0, Math.ceil(points.length / (wide ? 12 : 5)) - 1), margin: 12 },
      },
      yAxis: {
        type: "value", splitNumber: 4, minInterval: 1, ...bare, axisLabel: { ...textStyle(), formatter: (value) => format.format(value).replace("-", "−") },
        splitLine: { lineStyle: { color: token("--line") } },
      },
    };
  }

  function course(box, wide) {
    const points = rows(box).map((row) => {
      const [label, closing, sold, moves] = row.cells;
      return {
        tick: label.dataset.tick, label: label.firstChild.textContent, value: number(closing.dataset.value), text: closing.textContent,
        sold: sold.textContent, moves: moves.textContent, out: "out" in row.dataset, came: number(row.dataset.came),
      };
    });
    if (!points.length) return null;
    const told = (point) => [
      ["now", point.label, point.out ? `${point.text}, could not be bought` : point.text],
      point.sold && ["then", "Sold", point.sold], point.moves && ["came", "Moved", point.moves],
    ].filter(Boolean);
    const bar = token("--bar");
    const shape = frame(points, wide, told);
    const plain = { type: "line", symbol: "none", silent: true, emphasis: { disabled: true } };
    return {
      ...shape,
      // Days without it are bars of the whole height, on an axis of their own.
      yAxis: [shape.yAxis, { type: "value", min: 0, max: 1, show: false }],
      series: [
        { type: "bar", yAxisIndex: 1, silent: true, barWidth: "100%", barCategoryGap: 0, data: points.map((point) => (point.out ? 1 : null)), itemStyle: { color: token("--bad"), opacity: 0.16 }, z: 1 },
        { ...plain, step: "end", data: points.map((point) => point.value), lineStyle: { color: bar, width: 2 }, areaStyle: { color: bar, opacity: 0.08 }, z: 3 },
        {
          ...plain, data: points.map((point) => (point.came ? point.value : null)), symbol: "triangle", symbolSize: 11, showSymbol: true, showAllSymbol: true,
          lineStyle: { opacity: 0 }, itemStyle: { color: token("--good"), opacity: 1 }, z: 4,
        },
      ],
    };
  }

  function fan(box, wide) {
    const points = rows(box).map((row) => {
      const [label, seen, mean, likely] = row.cells;
      return {
        tick: label.dataset.tick, label: label.textContent.trim(), seen: number(seen.dataset.value), seenText: seen.textContent, mean: number(mean.dataset.value),
        meanText: mean.textContent, likely: likely.textContent, low: number(row.dataset.low), lower: number(row.dataset.lower),
        upper: number(row.dataset.upper), high: number(row.dataset.high),
      };
    });
    const told = (point) => (point.seen === null
      ? [["ahead", `${point.label}, expected`, point.meanText], ["usual", "Four times in five", point.likely]]
      : [["ours", point.label, point.seenText]]);
    const bar = token("--bar");
    const plain = { type: "line", symbol: "none", silent: true, emphasis: { disabled: true } };
    const band = (name, low, high, opacity) => [
      { ...plain, stack: name, stackStrategy: "all", lineStyle: { opacity: 0 }, data: points.map((point) => point[low]), z: 1 },
      { ...plain, stack: name, stackStrategy: "all", lineStyle: { opacity: 0 }, areaStyle: { color: bar, opacity }, data: points.map((point) => (point[low] === null ? null : point[high] - point[low])), z: 1 },
    ];
    return {
      ...frame(points, wide, told),
      series: [
        ...band("outer", "low", "high", 0.14), ...band("inner", "lower", "upper", 0.22),
        { type: "bar", silent: true, data: points.map((point) => point.seen), barMaxWidth: 18, barCategoryGap: "28%", itemStyle: { color: bar, borderRadius: [3, 3, 0, 0] }, z: 2 },
        { ...plain, data: points.map((point) => point.mean), lineStyle: { color: bar, width: 2, type: [3, 4] }, z: 3 },
      ],
    };
  }

  const shapes = { course, fan };
  const drawn = new Map();

  function show(box, chart, fresh) {
    const option = shapes[box.dataset.stockChart](box, box.clientWidth > 560);
    if (option) chart.setOption(option, fresh);
  }

  function draw() {
    for (const [box, chart] of drawn) {
      if (!box.isConnected) { chart.dispose(); drawn.delete(box); }
    }
    for (const box of document.querySelectorAll("[data-stock-chart]")) {
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
