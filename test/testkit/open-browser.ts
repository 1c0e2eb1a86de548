import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { ROOT } from "./run-command.ts";

/** Where pictures of pages go, to be looked at. */
export const SCREENSHOTS = join(ROOT, "coverage/screenshots");

/** A Chromium that asks nobody but the pages it is sent to. */
export function openBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * Collects what a page may not do: log an error, break its policy, throw, ask anybody but `origin`.
 *
 * @param isRefused whether the page is to be refused something: Chromium logs each answer above 399
 */
export function watchProblems(page: Page, origin: string, { isRefused = false } = {}): readonly string[] {
  const problems: string[] = [];
  page.on("console", (message) => {
    const isExpected = isRefused && message.text().startsWith("Failed to load resource");
    if ((message.type() === "error" && !isExpected) || message.text().includes("Content Security Policy"))
      problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.protocol !== "blob:" && url.origin !== origin)
      problems.push(`request to ${url.origin}`);
  });
  return problems;
}
