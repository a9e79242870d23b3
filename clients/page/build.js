// Makes the page's libraries: one sprite of icons, one module, and the licences of the packages that are in them.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGES = join(HERE, "node_modules");
/** The page's name of an icon → the name in lucide. */
const ICONS = {
  alert: "triangle-alert",
  attach: "paperclip",
  audio: "audio-lines",
  back: "chevron-left",
  check: "check",
  close: "x",
  delete: "trash-2",
  down: "arrow-down",
  file: "file",
  "file-archive": "file-archive",
  "file-sheet": "file-spreadsheet",
  "file-text": "file-text",
  group: "users",
  image: "image",
  "log-out": "log-out",
  more: "ellipsis-vertical",
  offline: "wifi-off",
  retry: "rotate-cw",
  send: "send",
  settings: "settings",
  video: "video",
};
/** The packages whose content is in the libraries, and the file of each one's licence. */
const LICENSES = {
  dompurify: "LICENSE",
  "linkify-it": "LICENSE",
  "lucide-static": "LICENSE",
  "uc.micro": "LICENSE.txt",
};

const { values } = parseArgs({ options: { outDir: { type: "string" } } });
const folder = values.outDir ?? join(HERE, "../../src/glimpse/chat/page/libraries");

/** How lines are drawn is an attribute of the symbol: inside `<use>`, a page's CSS reaches only what is inherited. */
function symbol([name, lucideName]) {
  const svg = readFileSync(join(PACKAGES, "lucide-static/icons", `${lucideName}.svg`), "utf8");
  const [, shapes] = /<svg[^>]*>(.*)<\/svg>/s.exec(svg);
  const line = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${line}>${shapes.replace(/\s*\n\s*/g, "")}</symbol>`;
}

function license([name, file]) {
  const { version, license: identifier } = JSON.parse(readFileSync(join(PACKAGES, name, "package.json"), "utf8"));
  return `${name} ${version} (${identifier})\n\n${readFileSync(join(PACKAGES, name, file), "utf8").trim()}\n`;
}

const symbols = Object.entries(ICONS).map(symbol);
const sprite = ['<svg xmlns="http://www.w3.org/2000/svg">', ...symbols, "</svg>"].join("\n");
writeFileSync(join(folder, "icons.svg"), `${sprite}\n`);
writeFileSync(join(folder, "licenses.txt"), Object.entries(LICENSES).map(license).join(`\n${"-".repeat(80)}\n\n`));
const { metafile } = await build({
  entryPoints: [join(HERE, "text.js")],
  outfile: join(folder, "text.js"),
  absWorkingDir: HERE,
  banner: { js: "// Made from clients/page. Its licences: licenses.txt" },
  bundle: true,
  format: "esm",
  legalComments: "none",
  metafile: true,
  minify: true,
  target: "es2022",
});
const PACKAGE = /(?<=^node_modules\/)(@[^/]+\/)?[^/]+/;
const bundled = Object.keys(metafile.inputs).flatMap((path) => PACKAGE.exec(path)?.[0] ?? []);
const missing = bundled.filter((name) => !(name in LICENSES));
if (missing.length) throw new Error(`their licences are missing: ${missing.join(", ")}`);
