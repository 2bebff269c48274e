// Draws curves of cohorts from the table under them; behind that of one cohort each row of the heat map as a faint line.
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

  // A line begins at each head with data-line: its figures, and its forecast with the interval in the two columns after it, where it has one.
  function read(box) {
    const table = box.parentElement.querySelector(".chart-data table");
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells];
    const lines = heads.filter((head) => head.dataset.line).map((head) => {
      const at = head.cellIndex;
      const forecasts = heads[at + 1] && !heads[at + 1].dataset.line;
      const cells = (place, read) => rows.map((row) => (forecasts ? read(row.cells[at + place]) : null));
      return {
        kind: head.dataset.line, label: head.dataset.label,
        seen: rows.map((row) => number(row.cells[at].dataset.value)), seenText: rows.map((row) => row.cells[at].textContent),
        ahead: cells(1, (cell) => number(cell.dataset.value)), aheadText: cells(1, (cell) => cell.textContent),
        low: cells(1, (cell) => number(cell.dataset.low)), high: cells(1, (cell) => number(cell.dataset.high)),
        interval: cells(2, (cell) => cell.textContent),
      };
    });
    return { labels: rows.map((row) => row.cells[0].textContent), lines };
  }

  // Columns of the heat map: cohort, customers, then months from 0; the curve may start with month 1.
  function others(first) {
    return [...document.querySelectorAll("#heat tbody tr:not(.followed, .small-cohort)")].map((row) =>
      [...row.cells].slice(2 + first).map((cell) => (cell.classList.contains("heat-forecast") ? null : number(cell.dataset.value))));
  }

  function tip({ labels, lines }, at) {
    const box = document.createElement("div");
    box.className = "tip";
    const tell = (kind, label, text) => {
      const item = document.createElement("div");
      const head = document.createElement("span");
      const value = document.createElement("b");
      item.className = kind;
      head.append(document.createElement("i"), label);
      value.textContent = text;
      item.append(head, value);
      box.append(item);
    };
    for (const line of lines) {
      const name = line.kind === "then" ? line.label : [line.label, labels[at]].filter(Boolean).join(", ");
      if (line.seen[at] !== null) tell(`side-${line.kind}`, name, line.seenText[at]);
      if (line.ahead[at] !== null) tell(`side-${line.kind} ahead`, `${name}, forecast`, `${line.aheadText[at]} (${line.interval[at]})`);
    }
    return box;
  }

  const COLOURS = { first: "--bar", second: "--beside", whole: "--compare", then: "--compare" };

  // A course, its forecast and its interval. The forecast starts where the cohort was seen last, so that the line does not break.
  function course(line, place) {
    const colour = token(COLOURS[line.kind]);
    const plain = { type: "line", symbol: "none", silent: true, emphasis: { disabled: true } };
    if (line.kind === "then") {
      return [{ ...plain, data: line.seen, lineStyle: { color: colour, width: 1.5, type: [4, 4] }, z: 2 }];
    }
    const last = line.seen.findLastIndex((figure) => figure !== null);
    const from = (figures) => figures.map((figure, index) => figure ?? (index === last ? line.seen[last] : null));
    const low = from(line.low);
    const band = line.high.map((high, index) => (high !== null ? high - line.low[index] : index === last ? 0 : null));
    const none = { ...plain, lineStyle: { opacity: 0 }, stack: `band ${place}`, stackStrategy: "all" };
    return [
      { ...none, data: low, z: 1 },
      { ...none, data: band, areaStyle: { color: colour, opacity: 0.14 }, z: 1 },
      { ...plain, data: from(line.ahead), lineStyle: { color: colour, width: 2, type: [3, 4] }, z: 4 - place },
      {
        ...plain, data: line.seen, symbol: last < 2 ? "circle" : "none", symbolSize: 7,
        lineStyle: { color: colour, width: 2, join: "round" }, itemStyle: { color: colour }, z: 5 - place,
      },
    ];
  }

  function option(points, unit, wide) {
    const { labels, lines } = points;
    const first = Number(labels[0].replace(/\D/g, ""));
    const axis = { axisLine: { show: false }, axisTick: { show: false } };
    const text = { color: token("--ink-3"), fontFamily: "Inter, sans-serif", fontSize: 11.5 };
    const faint = { type: "line", symbol: "none", silent: true, emphasis: { disabled: true }, lineStyle: { color: token("--line-strong"), width: 1, opacity: 0.7 }, z: 1 };
    const behind = lines.some((line) => line.kind === "then") ? others(first) : [];
    return {
      animation: !still.matches, animationDuration: 320,
      grid: { left: 6, right: 14, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      tooltip: {
        trigger: "axis", confine: true, transitionDuration: 0, padding: [10, 12], borderWidth: 1,
        backgroundColor: token("--surface"), borderColor: token("--line-strong"),
        axisPointer: { type: "line", lineStyle: { color: token("--line-strong"), type: "solid" } },
        formatter: (shown) => tip(points, shown[0].dataIndex),
      },
      xAxis: {
        type: "category", boundaryGap: labels.length === 1, data: labels.map((label) => label.replace(/\D/g, "")), ...axis,
        axisLabel: { ...text, hideOverlap: true, interval: Math.max(0, Math.ceil(labels.length / (wide ? 13 : 7)) - 1), margin: 12 },
      },
      yAxis: {
        type: "value", splitNumber: 4, ...axis, axisLabel: { ...text, formatter: ticks(unit) },
        splitLine: { lineStyle: { color: token("--line") } },
      },
      series: [...behind.map((data) => ({ ...faint, data })), ...lines.flatMap(course)],
    };
  }

  const drawn = new Map();

  function show(box, chart, fresh) {
    const points = read(box);
    if (points.labels.length) chart.setOption(option(points, box.dataset.unit, box.clientWidth > 560), fresh);
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
