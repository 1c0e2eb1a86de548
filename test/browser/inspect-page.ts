import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { SCREENSHOTS } from "../testkit/open-browser.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * Screenshots of a page of the console in light, dark and on a phone, and what the accessibility checker says of it: nothing
 * serious, in either light, and nothing wider than the phone.
 */
export async function inspectPage(name: string, page: Page): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `console-${name}-light.png`), fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: join(SCREENSHOTS, `console-${name}-dark.png`), fullPage: true });
  const inDark = await violations(page);
  await page.emulateMedia({ colorScheme: "light" });
  const inLight = await violations(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: join(SCREENSHOTS, `console-${name}-phone.png`), fullPage: true });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await page.setViewportSize({ width: 1280, height: 860 });
  expect({ inDark, inLight, overflow: Math.max(0, overflow) }).toEqual({
    inDark: [],
    inLight: [],
    overflow: 0,
  });
}

/** What the checker finds serious; evaluated by the browser's debugger, which the page's policy does not concern. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() => window.axe.run());
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

declare global {
  interface Window {
    readonly axe: typeof import("axe-core");
  }
}
