// Takes what the pages need out of node_modules into the package: one stylesheet, htmx, a chart library cut down to
// what is drawn, one font, and a sprite of the icons in use. Text files get a Brotli twin that the server hands out.
import { build } from "esbuild";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const vendor = join(root, "src", "fondaco", "server", "static", "vendor");

const ICONS = [
  "alert-triangle", "archive", "arrow-down", "arrow-down-right", "arrow-up", "arrow-up-right", "bell", "bookmark", "building-store",
  "calendar", "chart-bar", "chart-cohort", "check", "chevron-down", "chevron-right", "circle-check", "clock", "coins", "copy",
  "database-import", "download", "folder", "heartbeat", "history", "info-circle", "key", "layout-dashboard", "logout", "mail",
  "moon", "package", "pencil", "plug", "plus", "printer", "receipt", "refresh", "search", "selector", "settings", "shield-check",
  "shield-question", "shield-x", "shopping-cart", "speakerphone", "sun", "table", "trash", "user", "users", "users-group", "world", "x",
];

rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });

// Source maps stay behind; a browser would ask for them.
const plain = (path) => readFileSync(join(modules, path), "utf8").replace(/\n?(\/\/|\/\*)# sourceMappingURL=.*$/m, "");
writeFileSync(join(vendor, "tabler.min.css"), plain("@tabler/core/dist/css/tabler.min.css"));
writeFileSync(join(vendor, "htmx.min.js"), plain("htmx.org/dist/htmx.min.js"));
// The pages load Latin only; reports as PDF embed what their names are written in.
for (const letters of ["latin", "latin-ext", "greek", "cyrillic"]) {
  cpSync(
    join(modules, `@fontsource-variable/inter/files/inter-${letters}-wght-normal.woff2`),
    join(vendor, `inter-${letters}.woff2`),
  );
}

await build({
  stdin: {
    contents: `
      export { init, use, graphic } from "echarts/core";
      import { use } from "echarts/core";
      import { BarChart, LineChart } from "echarts/charts";
      import { AxisPointerComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
      import { CanvasRenderer } from "echarts/renderers";
      use([BarChart, LineChart, AxisPointerComponent, GridComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);
    `,
    resolveDir: root,
  },
  bundle: true,
  minify: true,
  legalComments: "none",
  format: "iife",
  globalName: "echarts",
  target: "es2020",
  outfile: join(vendor, "echarts.min.js"),
});

const symbols = ICONS.map((name) => {
  const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
  const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
});
writeFileSync(
  join(vendor, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
);

const packages = ["@tabler/core", "@tabler/icons", "htmx.org", "echarts", "zrender", "@fontsource-variable/inter"];
const notice = packages.map((name) => {
  const about = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  const licence = readdirSync(join(modules, name)).find((file) => /^licen[cs]e/i.test(file));
  const text = licence ? readFileSync(join(modules, name, licence), "utf8") : `${about.author ?? ""} ${about.homepage ?? ""}\n`;
  return `${name} ${about.version} (${about.license})\n\n${text}`;
});
writeFileSync(join(vendor, "LICENSES.txt"), notice.join(`\n${"-".repeat(80)}\n\n`));

for (const file of readdirSync(vendor).filter((name) => /\.(css|js|svg)$/.test(name))) {
  const path = join(vendor, file);
  const parameters = { [constants.BROTLI_PARAM_QUALITY]: 11 };
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params: parameters }));
}
