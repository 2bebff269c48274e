// Long tables. The document holds the sheets of rows around the place that is read, at most four of them; above and below stands
// room of the same height. A sheet is what the server writes for its number, and the links to the next one are all that is left without scripts.
(() => {
  const TALLEST = 15e6; // px; above it browsers lose rows
  const KEPT = 24; // sheets that are not asked for again
  const REACHED = "a[href], button, input"; // what the Tab key stops at in a row
  const tables = new Map();
  const locale = document.documentElement.dataset.locale;
  const words = new Intl.NumberFormat(locale);
  const announce = (text) => { document.getElementById("announce").textContent = text; };

  class Virtual {
    constructor(frame, pager) {
      Object.assign(this, { frame, pager, sheets: new Map(), asking: new Map(), from: 0, to: 0, asked: 0, height: 0, steps: 0 });
      this.box = frame.querySelector(".scroll");
      this.table = this.box.querySelector("table");
      this.body = this.table.tBodies[0];
      this.head = this.table.tHead;
      this.size = Number(pager.dataset.size);
      this.take(pager);
      this.from = this.to = Math.floor(Number(pager.dataset.start) / this.size);
      this.keep(this.from, [...this.body.rows]);
      [this.above, this.below] = [this.gap(), this.gap()];
      this.body.before(this.above);
      this.body.after(this.below);
      this.table.classList.add("virtual");
      this.search = frame.parentElement.querySelector("input[type=search]");
      this.search?.setAttribute("aria-keyshortcuts", "Control+F Meta+F");
      this.fit();
      this.scrollTo(this.remembered() ?? Number(pager.dataset.start));
      this.box.addEventListener("scroll", () => this.moved(), { passive: true });
      this.box.addEventListener("keydown", (event) => this.stepped(event));
      this.box.addEventListener("focusout", () => { this.steps = 0; });
      this.width = this.box.clientWidth;
      this.watch = new ResizeObserver(() => this.resized());
      this.watch.observe(this.box);
      this.show();
    }

    // What the server says of the whole: it may have changed since the last sheet.
    take(pager) {
      this.total = Number(pager.dataset.total);
      this.version = pager.dataset.version;
      this.last = Math.ceil(this.total / this.size) - 1;
      const foot = this.table.tFoot?.rows[0];
      this.table.setAttribute("aria-rowcount", String(this.total + (foot ? 2 : 1)));
      this.head.rows[0].setAttribute("aria-rowindex", "1");
      foot?.setAttribute("aria-rowindex", String(this.total + 2));
    }

    gap() {
      const body = document.createElement("tbody");
      body.className = "gap";
      body.setAttribute("aria-hidden", "true");
      body.insertRow().insertCell().colSpan = this.head.rows[0].cells.length;
      return body;
    }

    keep(number, rows) {
      this.sheets.delete(number);
      rows.forEach((row, place) => row.setAttribute("aria-rowindex", String(number * this.size + place + 2)));
      this.sheets.set(number, rows);
      for (const old of this.sheets.keys()) {
        if (this.sheets.size <= KEPT) break;
        if (old < this.from || old > this.to) this.sheets.delete(old);
      }
    }

    // Rows of one height and columns of one width: nothing moves under the eye when others come.
    fit() {
      const heads = [...this.head.rows[0].cells];
      this.table.style.tableLayout = this.table.style.minWidth = "";
      for (const cell of heads) cell.style.width = "";
      for (const rows of this.sheets.values()) for (const row of rows) row.style.height = "";
      const widths = heads.map((cell) => cell.getBoundingClientRect().width);
      heads.forEach((cell, place) => { if (widths[place]) cell.style.width = `${widths[place]}px`; });
      this.table.style.minWidth = `${widths.reduce((sum, width) => sum + width, 0)}px`;
      this.table.style.tableLayout = "fixed";
      this.height = 0;
      this.level([...this.body.rows]);
    }

    level(rows) {
      const heads = [...this.head.rows[0].cells];
      const wider = new Map();
      let highest = this.height;
      for (const row of rows) {
        highest = Math.max(highest, Math.ceil(row.getBoundingClientRect().height));
        for (const cell of row.cells) {
          const lacks = cell.scrollWidth - cell.clientWidth;
          if (cell.tagName === "TD" && lacks > 0) wider.set(cell.cellIndex, Math.max(lacks, wider.get(cell.cellIndex) ?? 0));
        }
      }
      for (const [column, lacks] of wider) {
        const head = heads[column];
        if (!head) continue;
        head.style.width = `${parseFloat(head.style.width) + lacks + 1}px`;
        this.table.style.minWidth = `${parseFloat(this.table.style.minWidth) + lacks + 1}px`;
      }
      if (highest > this.height) for (const row of this.body.rows) row.style.height = `${highest}px`;
      this.height = highest;
      // Room for a row that is not there; less than its height where so many would be too high for a browser.
      this.unit = Math.min(this.height, TALLEST / this.total);
      this.room();
    }

    room() {
      const [above, below] = [this.from * this.size, this.total - Math.min(this.total, (this.to + 1) * this.size)];
      this.above.rows[0].cells[0].style.height = `${above * this.unit}px`;
      this.below.rows[0].cells[0].style.height = `${below * this.unit}px`;
      this.above.hidden = !above;
      this.below.hidden = !below;
    }

    // Between a height in the table's body and a row, which may be broken: 12.5 is the middle of the thirteenth.
    rowAt(height) {
      const first = this.from * this.size;
      const inside = height - first * this.unit;
      if (inside < 0) return Math.max(0, height / this.unit);
      const there = this.body.rows.length;
      if (inside < there * this.height) return first + inside / this.height;
      return Math.min(this.total - 1, first + there + (inside - there * this.height) / this.unit);
    }

    heightOf(row) {
      const first = this.from * this.size;
      if (row < first) return row * this.unit;
      const there = this.body.rows.length;
      if (row < first + there) return first * this.unit + (row - first) * this.height;
      return first * this.unit + there * this.height + (row - first - there) * this.unit;
    }

    scrollTo(row) { this.box.scrollTop = this.heightOf(row); }

    get top() { return this.rowAt(this.box.scrollTop); }

    get seen() {
      const room = this.box.clientHeight - this.head.offsetHeight - (this.table.tFoot?.offsetHeight ?? 0);
      const first = Math.floor(this.top + 0.5);
      return [first, Math.max(first, Math.min(this.total - 1, Math.floor(this.rowAt(this.box.scrollTop + room) - 0.5)))];
    }

    moved() {
      if (this.drawing) return;
      this.drawing = requestAnimationFrame(() => { this.drawing = 0; this.show(); });
      clearTimeout(this.noting);
      this.noting = setTimeout(() => this.note(), 200);
    }

    async show() {
      if (!this.table.isConnected) { this.watch.disconnect(); return; }
      const [first, last] = this.seen;
      this.say(first, last);
      const from = Math.max(0, Math.floor(first / this.size) - 1);
      const to = Math.min(this.last, Math.floor(last / this.size) + 1);
      if (!this.stale && from === this.from && to === this.to) return;
      const turn = ++this.asked;
      const wanted = Array.from({ length: to - from + 1 }, (_, place) => from + place);
      const missing = wanted.filter((number) => !this.sheets.has(number));
      if (missing.length) {
        this.table.setAttribute("aria-busy", "true");
        try {
          await Promise.all(missing.map((number) => this.ask(number)));
        } catch (fault) {
          if (turn === this.asked) this.failed(fault);
          return;
        }
        if (turn !== this.asked || !this.table.isConnected) return;
        this.table.removeAttribute("aria-busy");
      }
      if (wanted.every((number) => this.sheets.has(number))) this.put(from, to);
    }

    put(from, to) {
      const anchor = this.top;
      const stays = new Set();
      for (let number = from; number <= to; number += 1) for (const row of this.sheets.get(number)) stays.add(row);
      if (this.body.contains(document.activeElement) && !stays.has(document.activeElement.closest("tr"))) {
        this.box.focus({ preventScroll: true });
      }
      for (const row of [...this.body.rows]) if (!stays.has(row)) row.remove();
      const added = [];
      let next = this.body.rows[0] ?? null;
      for (const row of stays) {
        if (row === next) { next = next.nextElementSibling; continue; }
        this.body.insertBefore(row, next);
        added.push(row);
      }
      [this.from, this.to, this.stale] = [from, to, false];
      for (const row of added) row.style.height = `${this.height}px`; // before anything is measured: a table that is lower for a moment scrolls
      this.room();
      this.level(added);
      if (this.unit < this.height) this.scrollTo(anchor);
      for (const row of added) if (!row.dataset.met) { row.dataset.met = ""; htmx.process(row); }
      if (this.steps) this.step();
    }

    // Somebody who presses Tab faster than sheets come would leave the table at the last row that is there: the step waits for the next one.
    stepped(event) {
      if (event.key !== "Tab" || event.altKey || event.ctrlKey || event.metaKey) return;
      const stops = [...this.body.querySelectorAll(REACHED)];
      const more = event.shiftKey ? this.from > 0 : this.to < this.last;
      if (!more || document.activeElement !== stops.at(event.shiftKey ? 0 : -1)) return;
      event.preventDefault();
      this.steps += event.shiftKey ? -1 : 1;
      this.moved();
    }

    step() {
      const stops = [...this.body.querySelectorAll(REACHED)];
      const wanted = stops.indexOf(document.activeElement) + this.steps;
      const reached = Math.max(0, Math.min(stops.length - 1, wanted));
      const left = wanted - reached;
      stops[reached].focus(); // which forgets the steps
      this.steps = (left > 0 ? this.to < this.last : this.from > 0) ? left : 0;
    }

    // Once, however often it is wanted meanwhile: a second answer would put other rows in the place of those that are shown, and of the one that has the focus.
    ask(number) {
      if (!this.asking.has(number)) this.asking.set(number, this.fetch(number).finally(() => this.asking.delete(number)));
      return this.asking.get(number);
    }

    // A sheet as the server writes it; what was looked for travels in a body.
    async fetch(number) {
      const { rows, key, asked } = this.pager.dataset;
      const address = new URL(rows, location.href);
      const form = asked && new URLSearchParams({ ...JSON.parse(asked), [key]: String(number + 1) });
      if (!form) address.searchParams.set(key, String(number + 1));
      const headers = { "HX-Request": "true" };
      const answer = await fetch(address, form ? { method: "POST", body: form, headers } : { headers });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById(this.frame.id);
      const pager = found?.querySelector("[data-virtual]");
      if (!pager) { this.end(found); return; }
      if (pager.dataset.version !== this.version || Number(pager.dataset.total) !== this.total) this.anew(pager);
      const at = Math.floor(Number(pager.dataset.start) / this.size);
      this.keep(at, [...found.querySelector("tbody").rows].map((row) => document.adoptNode(row)));
    }

    // Something new was published while one read: nothing of before is shown beside it.
    anew(pager) {
      this.take(pager);
      this.pager.dataset.count = pager.dataset.count;
      this.sheets.clear();
      this.stale = true;
      this.asked += 1;
      this.moved();
    }

    // So few are left that they are no long table any more.
    end(found) {
      this.asked += 1;
      if (!found) return;
      this.frame.replaceWith(document.adoptNode(found));
      htmx.process(found);
    }

    failed() {
      this.pager.querySelector("[data-words]").textContent = "The server does not answer. Asking again.";
      clearTimeout(this.again);
      this.again = setTimeout(() => this.show(), 3000);
    }

    say(first, last, verb = "") {
      const text = `${words.format(first + 1)}–${words.format(last + 1)} of ${this.pager.dataset.count}${verb}`;
      const place = this.pager.querySelector("[data-words]");
      if (place.textContent !== text) place.textContent = text;
    }

    // The address keeps the sheet, and the entry of the history the row: going back finds both.
    note() {
      if (!this.table.isConnected) return;
      const { key, rows, asked } = this.pager.dataset;
      if (asked && JSON.parse(asked).text) return;
      const number = Math.floor(this.top / this.size) + 1;
      const address = new URL(location.href);
      if (number > 1) address.searchParams.set(key, String(number)); else address.searchParams.delete(key);
      const places = { ...history.state?.places, [key]: { rows: rows + (asked ?? ""), row: this.top } };
      history.replaceState({ ...history.state, places }, "", address);
    }

    remembered() {
      const { key, rows, asked } = this.pager.dataset;
      const place = history.state?.places?.[key];
      return place?.rows === rows + (asked ?? "") ? Math.min(place.row, this.total - 1) : null;
    }

    resized() {
      if (this.box.clientWidth === this.width) return;
      this.width = this.box.clientWidth;
      const row = this.top;
      this.fit();
      this.scrollTo(row);
      this.moved();
    }
  }

  const find = () => {
    for (const [frame, table] of tables) if (!frame.isConnected) { table.watch.disconnect(); tables.delete(frame); }
    for (const pager of document.querySelectorAll(".pager[data-virtual]")) {
      const frame = pager.closest("[id^='sheet-']");
      if (!tables.has(frame)) tables.set(frame, new Virtual(frame, pager));
    }
  };
  find();
  document.addEventListener("htmx:after:swap", find);
  document.addEventListener("fondaco:live", find);

  // A browser searches only what the document holds; the field over the table searches all of it. Pressed again there, the browser's own opens.
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== "f") return;
    const own = [...tables.values()].find(({ frame, search }) => search && search !== document.activeElement
      && (frame.contains(document.activeElement) || frame.matches(":hover")));
    if (!own) return;
    event.preventDefault();
    own.search.focus();
    own.search.select();
    announce(`This searches all ${own.pager.dataset.count}. Press the keys again for the browser's search.`);
  });

  // Paper holds the rows that are there, and says which.
  addEventListener("beforeprint", () => {
    for (const table of tables.values()) {
      table.say(table.from * table.size, table.from * table.size + table.body.rows.length - 1, "; the file of the table holds all of them");
    }
  });
  addEventListener("afterprint", () => { for (const table of tables.values()) table.say(...table.seen); });
})();
