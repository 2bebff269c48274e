// Draws a line from the table that stands under each [data-chart]. The table holds the words; nothing is formatted
// here but the ticks of the axis.
(() => {
  const root = document.documentElement;
  const token = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const number = (cell) => (cell?.dataset.value ? Number(cell.dataset.value) : null);

  function ticks(unit, precision = { maximumFractionDigits: 1 }) {
    const shape = { notation: "compact", ...precision };
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

  // A bar below nought stands on its head; where that is a verdict, it has the colour of one.
  const below = (value, marked) => ({ value, itemStyle: { borderRadius: [0, 0, 3, 3], ...(marked && { color: token("--bad") }) } });

  // A bar for this period, a short line for the compared one in the same place.
  function bars(points, compared, marked) {
    return [
      { type: "bar", data: points.map(({ value }) => (value < 0 ? below(value, marked) : value)), barMaxWidth: 34, barCategoryGap: "28%", itemStyle: { color: token("--bar"), borderRadius: [3, 3, 0, 0] }, emphasis: { itemStyle: { color: token("--accent") } }, z: 2 },
      compared && {
        type: "line", data: points.map((point) => point.thenValue), symbol: points.length === 1 ? "circle" : "none", symbolSize: 7, silent: true,
        lineStyle: { color: token("--compare"), width: 1.5, type: [4, 4] }, itemStyle: { color: token("--compare") }, z: 3,
      },
    ].filter(Boolean);
  }

  const textStyle = () => ({ color: token("--ink-3"), fontFamily: "Inter, sans-serif", fontSize: 11.5 });
  const tooltip = (formatter, pointer) => ({
    trigger: "axis", confine: true, transitionDuration: 0, padding: [10, 12], borderWidth: 1,
    backgroundColor: token("--surface"), borderColor: token("--line-strong"), axisPointer: pointer, formatter,
  });

  // The steps of a waterfall: sums stand on nought, what lies between them begins where the one before it ended.
  function steps(box) {
    let level = 0;
    return [...box.parentElement.querySelectorAll(".chart-data tr[data-kind]")].map((row) => {
      const [label, amount] = row.cells;
      const value = number(amount) ?? 0;
      const isSum = row.dataset.kind === "sum";
      const from = isSum ? 0 : level;
      level = isSum ? value : level + value;
      const colour = isSum ? (value < 0 ? "--bad" : "--bar") : value < 0 ? "--bar-less" : "--bar-more";
      return { tick: row.dataset.tick, label: label.textContent, text: amount.textContent, value, colour, ends: [from, level] };
    });
  }

  // Bars are stacked above nought and below it on their own: first what is left open, then what is seen.
  function waterfall(box, wide) {
    const shown = steps(box);
    const write = ticks("money");
    const writeShort = ticks("money", { maximumSignificantDigits: 3, maximumFractionDigits: 2, roundingPriority: "lessPrecision" });
    const reach = (sign) => shown.map(({ ends }) => ends.map((end) => Math.max(sign * end, 0)).sort((a, b) => a - b));
    const style = { type: "bar", stack: "steps", barCategoryGap: wide ? "24%" : "34%", animation: !still.matches, animationDuration: 320 };
    const label = (sign, [near, far], step) => ({
      show: sign > 0 ? Math.max(...step.ends) > 0 || step.value === 0 : Math.max(...step.ends) <= 0 && far > 0,
      position: wide ? (sign > 0 ? "top" : "bottom") : sign > 0 ? "right" : "left", distance: 5,
      formatter: writeShort(step.value), ...textStyle(), color: token("--ink-2"), fontWeight: 500,
    });
    const crosses = ({ ends }) => Math.min(...ends) < 0 && Math.max(...ends) > 0;
    const sinks = shown.some(({ ends }) => Math.min(...ends) < 0);
    const half = (sign) => [
      { ...style, silent: true, itemStyle: { color: "transparent" }, data: reach(sign).map(([near]) => sign * near) },
      {
        ...style, data: reach(sign).map(([near, far], index) => ({
          value: sign * (far - near), itemStyle: { color: token(shown[index].colour), borderRadius: crosses(shown[index]) ? 0 : 2 }, label: label(sign, [near, far], shown[index]),
        })),
      },
    ];
    const bare = { axisLine: { show: false }, axisTick: { show: false } };
    const names = {
      type: "category", data: shown.map((step) => step.tick), inverse: !wide, ...bare,
      axisLabel: { ...textStyle(), color: token("--ink-2"), interval: 0, margin: 12, lineHeight: 14, ...(wide && { width: (box.clientWidth - 60) / shown.length - 4, overflow: "break" }) },
    };
    const amounts = {
      type: "value", splitNumber: wide ? 4 : 3, ...bare, boundaryGap: sinks ? ["8%", 0] : [0, 0], axisLabel: { ...textStyle(), formatter: write, show: wide },
      splitLine: { lineStyle: { color: token("--line") } },
    };
    return {
      animation: !still.matches,
      grid: { left: 6, right: wide ? 14 : 58, top: wide ? 26 : 4, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: tooltip((at) => tip(shown[at[0].dataIndex], false), { type: "shadow", shadowStyle: { color: token("--sunken"), opacity: 0.6 } }),
      xAxis: wide ? names : amounts, yAxis: wide ? amounts : names,
      series: [...half(1), ...half(-1)],
    };
  }

  // A metric between the bounds of what is usual; days outside stand out. The table has the newest day first.
  function days(box) {
    const bound = (text) => (text ? Number(text) : null);
    return [...box.parentElement.querySelectorAll(".chart-data tbody tr")].reverse().map((row) => {
      const [label, now, expected, usual] = row.cells;
      return {
        tick: label.dataset.tick, label: label.firstChild.textContent, value: number(now), text: now.textContent, expected: number(expected),
        expectedText: expected.textContent, low: bound(usual.dataset.low), high: bound(usual.dataset.high), usual: usual.textContent, fires: "fires" in row.dataset,
      };
    });
  }

  function band(box, wide) {
    const points = days(box);
    const bar = token("--bar");
    const dashed = (data) => ({ type: "line", data, symbol: "none", silent: true, lineStyle: { color: token("--compare"), width: 1.5, type: [4, 4] }, z: 1 });
    const both = points.some((point) => point.low !== null && point.high !== null);
    const edge = { type: "line", stack: "usual", stackStrategy: "all", symbol: "none", silent: true, lineStyle: { opacity: 0 }, z: 0 };
    const area = both ? [
      { ...edge, data: points.map((point) => (point.high === null ? null : point.low)) },
      { ...edge, data: points.map((point) => (point.high === null || point.low === null ? null : point.high - point.low)), areaStyle: { color: bar, opacity: 0.14 } },
    ] : [dashed(points.map((point) => point.low)), dashed(points.map((point) => point.high))];
    const axis = { axisLine: { show: false }, axisTick: { show: false } };
    const told = ([at]) => {
      const point = points[at.dataIndex];
      const shown = tip({ label: point.label, text: point.text, thenLabel: "Expected", thenText: point.expectedText }, point.expected !== null);
      if (point.low !== null || point.high !== null) {
        const line = document.createElement("div");
        line.textContent = `Usual ${point.usual}`;
        shown.append(line);
      }
      return shown;
    };
    return {
      animation: !still.matches, animationDuration: 320,
      grid: { left: 6, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: tooltip(told, { type: "line", lineStyle: { color: token("--line-strong"), type: "solid" } }),
      xAxis: { type: "category", boundaryGap: false, data: points.map((point) => point.tick), ...axis, axisLabel: { ...textStyle(), hideOverlap: true, interval: Math.max(0, Math.ceil(points.length / (wide ? 10 : 4)) - 1), margin: 12 } },
      yAxis: { type: "value", scale: true, splitNumber: 4, ...axis, axisLabel: { ...textStyle(), formatter: ticks(box.dataset.unit) }, splitLine: { lineStyle: { color: token("--line") } } },
      series: [
        ...area, dashed(points.map((point) => point.expected)),
        {
          type: "line", z: 3, showAllSymbol: true, emphasis: { disabled: true }, lineStyle: { color: bar, width: 2, join: "round" }, itemStyle: { color: bar },
          data: points.map((point) => (point.fires ? { value: point.value, symbol: "circle", symbolSize: 9, itemStyle: { color: token("--bad"), borderColor: token("--surface"), borderWidth: 2 } } : { value: point.value, symbol: "none" })),
        },
      ],
    };
  }

  // What is ours in bars, what it cost as a line, what is only claimed as a dashed one: columns of the table, by the kinds in its head.
  function beside(box, wide) {
    const table = box.parentElement.querySelector(".chart-data table");
    const heads = [...table.querySelectorAll("thead th")].slice(1).map((head) => ({ kind: head.dataset.kind, name: head.textContent }));
    const rows = [...table.querySelectorAll("tbody tr")].map((row) => [...row.cells]);
    const axis = { axisLine: { show: false }, axisTick: { show: false } };
    const alone = rows.length === 1;
    const line = (token_, type) => ({
      type: "line", silent: true, symbol: alone ? "circle" : "none", symbolSize: 8, z: 3,
      lineStyle: { color: token(token_), width: 2, type }, itemStyle: { color: token(token_) },
    });
    const drawing = {
      ours: () => ({ type: "bar", barMaxWidth: 34, barCategoryGap: "28%", itemStyle: { color: token("--bar"), borderRadius: [3, 3, 0, 0] }, emphasis: { itemStyle: { color: token("--accent") } }, z: 2 }),
      cost: () => line("--ink-2", "solid"),
      claim: () => line("--compare", [4, 4]),
    };
    const told = ([at]) => {
      const cells = rows[at.dataIndex];
      const tip = document.createElement("div");
      tip.className = "tip";
      const day = document.createElement("b");
      day.textContent = cells[0].textContent;
      tip.append(day);
      heads.forEach(({ kind, name }, index) => {
        const item = document.createElement("div");
        const label = document.createElement("span");
        const value = document.createElement("b");
        item.className = kind;
        label.append(document.createElement("i"), name);
        value.textContent = cells[index + 1].textContent;
        item.append(label, value);
        tip.append(item);
      });
      return tip;
    };
    return {
      animation: !still.matches, animationDuration: 320,
      grid: { left: 6, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: tooltip(told, { type: "shadow", shadowStyle: { color: token("--sunken"), opacity: 0.6 } }),
      xAxis: {
        type: "category", data: rows.map(([step]) => step.dataset.tick), ...axis,
        axisLabel: { ...textStyle(), hideOverlap: true, interval: Math.max(0, Math.ceil(rows.length / (wide ? 10 : 4)) - 1), margin: 12 },
      },
      yAxis: { type: "value", splitNumber: 4, ...axis, axisLabel: { ...textStyle(), formatter: ticks("money") }, splitLine: { lineStyle: { color: token("--line") } } },
      series: heads.map(({ kind, name }, index) => ({ name, ...drawing[kind](), data: rows.map((cells) => number(cells[index + 1])) })),
    };
  }

  function option(box, wide) {
    const { unit, shape } = box.dataset;
    if (shape === "waterfall") return waterfall(box, wide);
    if (shape === "band") return band(box, wide);
    if (shape === "beside") return beside(box, wide);
    const points = read(box);
    const compared = points.some((point) => point.thenValue !== null);
    const bar = token("--bar");
    const alone = points.length === 1;
    const axis = { axisLine: { show: false }, axisTick: { show: false } };
    const text = textStyle();
    return {
      animation: !still.matches, animationDuration: 320,
      grid: { left: 6, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: tooltip((shown) => tip(points[shown[0].dataIndex], compared), { type: "line", lineStyle: { color: token("--line-strong"), type: "solid" } }),
      xAxis: {
        type: "category", boundaryGap: alone || shape === "bar", data: points.map((point) => point.tick), ...axis,
        axisLabel: { ...text, hideOverlap: true, interval: Math.max(0, Math.ceil(points.length / (wide ? 10 : 4)) - 1), margin: 12 },
      },
      yAxis: {
        type: "value", splitNumber: 4, ...axis, axisLabel: { ...text, formatter: ticks(unit) },
        splitLine: { lineStyle: { color: token("--line") } },
      },
      series: shape === "bar" ? bars(points, compared, "marks" in box.dataset) : [
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
      chart.setOption(option(box, box.clientWidth > 640));
      drawn.set(box, chart);
      if (box.dataset.shape === "bar") follow(box, chart);
      box.dataset.drawn = "";
    }
  }

  // A waterfall stands where there is room and lies down where there is not.
  addEventListener("resize", () => {
    for (const [box, chart] of drawn) {
      chart.resize();
      if (box.dataset.shape === "waterfall" && box.clientWidth) chart.setOption(option(box, box.clientWidth > 640), true);
    }
  });
  document.addEventListener("fondaco:theme", () => {
    for (const [box, chart] of drawn) chart.setOption(option(box, box.clientWidth > 640), true);
  });
  document.addEventListener("htmx:after:swap", draw);
  document.addEventListener("fondaco:live", draw);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-table]")) requestAnimationFrame(draw); });
  document.fonts?.ready.then(() => requestAnimationFrame(draw));
  draw();
})();
