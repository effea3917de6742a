// Takes pictures of reviews in headless Chromium and looks for faults in them:
//   node screenshots.mjs FOLDER-OF-PAGES FOLDER-OF-PICTURES
// Every NAME.html and NAME.svg of the first folder is shown in light and dark, at the width of a phone
// (360 px) and of a desk. It fails where axe finds a serious or critical violation, where a page
// scrolls sideways, or where it asks for anything from the network.
import { readFileSync, readdirSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [pages, pictures] = process.argv.slice(2).map((path) => resolve(path));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screens = { phone: { width: 360, height: 640 }, desktop: { width: 1280, height: 800 } };
const faults = [];

mkdirSync(pictures, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium" });
for (const file of readdirSync(pages).filter((name) => /\.(html|svg)$/.test(name)).sort()) {
  const kind = extname(file).slice(1);
  for (const [screen, viewport] of Object.entries(screens)) {
    for (const colorScheme of ["light", "dark"]) {
      const shot = `${basename(file, "." + kind)}-${kind}-${screen}-${colorScheme}`;
      await look(join(pages, file), kind, shot, { viewport, colorScheme });
    }
  }
}
await browser.close();
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}

async function look(path, kind, shot, options) {
  const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) {
      faults.push(`${shot}: asks for ${request.url()}`);
    }
  });
  if (kind === "svg") {
    // As a comment shows it: an image in a page that knows nothing of it.
    const source = "data:image/svg+xml;base64," + readFileSync(path).toString("base64");
    await page.setContent(`<style>body{margin:0}img{display:block;max-width:100%}</style><img alt="" src="${source}">`);
    await page.setViewportSize({ width: options.viewport.width, height: 100 });
  } else {
    await page.goto(pathToFileURL(path).href);
    for (const violation of await violations(page)) {
      faults.push(`${shot}: ${violation}`);
    }
  }
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (sideways > 0) {
    faults.push(`${shot}: scrolls sideways by ${sideways} px`);
  }
  await page.screenshot({ path: join(pictures, shot + ".png"), fullPage: true });
  await context.close();
}

// violations are what axe finds, with every folded part open.
async function violations(page) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run());
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = false)));
  const worst = result.violations.map((v) => `${v.impact}: ${v.help} (${v.nodes.map((n) => n.target).join("; ")})`);
  const serious = result.violations.filter((v) => ["serious", "critical"].includes(v.impact));
  if (worst.length > 0) {
    console.log(worst.join("\n"));
  }
  return serious.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(" ")}`);
}
