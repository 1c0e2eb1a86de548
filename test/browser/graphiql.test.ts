import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, SCREENSHOTS, watchProblems } from "../testkit/open-browser.ts";
import { Mesh } from "../testkit/start-mesh.ts";

describe("the query page in a real browser", () => {
  let mesh: Mesh;
  let browser: Browser;
  let page: Page;
  let problems: readonly string[] = [];

  beforeAll(async () => {
    mesh = await Mesh.start();
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    problems = watchProblems(page, mesh.url);
    await page.goto(`${mesh.url}/graphiql`);
    await page.waitForSelector(".graphiql-execute-button");
  });
  afterAll(async () => {
    await browser.close();
    await mesh.remove();
  });

  async function runAs(persona: string): Promise<string> {
    await page.getByRole("radio", { name: persona, exact: true }).click();
    const answered = page.waitForResponse(
      (response) => response.url().endsWith("/graphql") && isThreeDomains(response.request().postData()),
    );
    await page.click(".graphiql-execute-button");
    const text = await (await answered).text();
    await page.waitForFunction(
      (start) => document.querySelector(".graphiql-response")?.textContent?.includes(start),
      JSON.parse(text).data.customer.email,
    );
    return text;
  }

  test("runs the sample query as each persona, one click each", async () => {
    expect(await runAs("analyst")).toContain('"email":"***@');
    await page.screenshot({ path: join(SCREENSHOTS, "graphiql-analyst.png") });
    expect(await runAs("support-emea")).not.toContain('"email":"***@');
    expect(await runAs("anonymous")).toContain("UNAUTHENTICATED");
    await page.screenshot({ path: join(SCREENSHOTS, "graphiql-anonymous.png") });
  });

  test("shows the schema's documentation without federation's or governance's own names", async () => {
    await page.click('[aria-label*="Documentation Explorer"]');
    await page.waitForSelector(".graphiql-doc-explorer-content");
    const text = (await page.textContent(".graphiql-doc-explorer-content")) ?? "";
    expect(text).toContain("Query");
    expect(text).not.toMatch(/join__|link__|governance|_entities/);
  });

  test("chooses the persona by keyboard", async () => {
    await page.getByRole("radio", { name: "anonymous", exact: true }).focus();
    await page.keyboard.press("ArrowRight");
    expect(
      await page.getByRole("radio", { name: "storefront", exact: true }).getAttribute("aria-checked"),
    ).toBe("true");
  });

  test("is readable on a phone", async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    await page.screenshot({ path: join(SCREENSHOTS, "graphiql-phone.png"), fullPage: true });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    // Neither the query nor the answer is a strip beside the other, nor does one lie on the other.
    const query = await page.locator(".graphiql-editors").boundingBox();
    const answer = await page.locator(".graphiql-response").boundingBox();
    for (const box of [query, answer]) {
      expect(box?.width).toBeGreaterThan(250);
      expect(box?.height).toBeGreaterThan(250);
    }
    expect(answer?.y).toBeGreaterThanOrEqual((query?.y ?? 0) + (query?.height ?? 0) - 1);
  });

  test("leads back to the console", async () => {
    await page.getByRole("link", { name: "Console" }).click();
    await page.getByRole("link", { name: "Customers", exact: true }).waitFor();
  });

  test("loads nothing from elsewhere, breaks no policy, logs no error", () => {
    expect(problems).toEqual([]);
  });
});

function isThreeDomains(body: string | null): boolean {
  return body?.includes("ThreeDomains") ?? false;
}
