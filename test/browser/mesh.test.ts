import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, watchProblems } from "../testkit/open-browser.ts";
import { ROOT } from "../testkit/run-command.ts";
import { Mesh } from "../testkit/start-mesh.ts";
import { inspectPage } from "./inspect-page.ts";

describe("the mesh in the console, in a real browser", () => {
  let mesh: Mesh;
  let browser: Browser;
  let page: Page;
  let problems: readonly string[] = [];

  beforeAll(async () => {
    mesh = await Mesh.start({ env: { REGISTRY_MEASURE_SECONDS: "2" } });
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 860 }, colorScheme: "light" });
    problems = watchProblems(page, mesh.url, { isRefused: true });
    const token = await mesh.token("--deploy", "governance");
    for (const domain of ["customer", "order"]) await promiseTooMuch(mesh, domain, token);
    for (let count = 0; count < 20; count += 1)
      await mesh.query(
        'query Storefront { customer(id: "C0021") { email orders(first: 1) { nodes { status } } } }',
        {
          persona: "storefront",
        },
      );
  });
  afterAll(async () => {
    await browser.close();
    await mesh.remove();
  });

  test("tells how the mesh does: products, the time to served, consumers, trends, checks and what is said of fields", async () => {
    await page.goto(mesh.url);
    await page.getByRole("link", { name: "Mesh", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Mesh" }).waitFor();
    expect(await page.title()).toBe("Mesh · Data products");
    await expect
      .poll(() => reloaded(page).then(() => page.locator(".sparkline").count()), {
        timeout: 90_000,
        interval: 3000,
      })
      .toBe(2);
    const figures = await page.locator(".figures > div").allTextContents();
    expect(figures.slice(0, 2)).toEqual(["Data products4", "Domains4"]);
    expect(figures.find((text) => text.startsWith("From scaffold"))).toMatch(/median\d[\d.]* (s|min)$/);
    expect(figures.find((text) => text.startsWith("Publishes served"))).toMatch(/served[1-9]\d*$/);
    const row = page.getByRole("row", { name: /^customer\.customers/ });
    expect(await row.locator("[data-label=Consumers]").textContent()).toMatch(/^[1-9]/);
    expect(await row.locator("[data-label=Took]").textContent()).toMatch(/^\d[\d.]* (s|min)$/);
    expect(await page.textContent("main")).toMatch(
      /(\d+) of \1 have a description.*100 %.*have a classification/s,
    );
    await inspectPage("mesh", page);
    await page.locator(".health").getByRole("link", { name: "customer", exact: true }).click();
    await page.getByText("1 product", { exact: true }).waitFor();
  });

  test("shows a domain its own alerts to acknowledge and silence, by keyboard, and the governance team all; another's are not offered, and refused", async () => {
    const [customer, governance] = [
      await mesh.token("--deploy", "customer"),
      await mesh.token("--deploy", "governance"),
    ];
    // On a busy machine promises of others may be broken as well.
    await expect
      .poll(async () => (await alertsOf(mesh, governance)).map(({ product }) => product), {
        timeout: 90_000,
        interval: 1000,
      })
      .toEqual(expect.arrayContaining(["customer.customers", "order.orders"]));
    await page.goto(`${mesh.url}/#/mesh`);
    const field = page.getByLabel("Deploy token");
    await field.fill("dpgd_wrong");
    await field.press("Enter");
    await page.getByRole("alert").getByText("DEPLOY_TOKEN_INVALID", { exact: true }).waitFor();
    await field.fill(customer);
    expect(await page.getByRole("alert").count()).toBe(0);
    await field.press("Enter");

    const own = page.getByRole("listitem").filter({ hasText: "customer.customers: the promised latency" });
    await own.waitFor();
    expect(await page.getByText(/order\.orders: the promised/).count()).toBe(0);
    const others = (await alertsOf(mesh, governance)).find(({ product }) => product === "order.orders");
    expect(await act(mesh, customer, `${others?.id}/acknowledge`, {})).toBe("ALERT_NOT_FOUND");
    const silence = { product: "order.orders", kind: null, seconds: 60, reason: "attack" };
    expect(await act(mesh, customer, "silences", silence)).toBe("ALERT_NOT_FOUND");

    const acknowledge = own.getByRole("button", { name: /^Acknowledge/ });
    await acknowledge.press("Enter");
    await own.getByText(/· customer\/\w+ looks after it/).waitFor();
    expect(await acknowledge.count()).toBe(0);
    // Whoever pressed it stands where the list says how many there are.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/open$/);
    await own.getByRole("button", { name: /^Silence alert/ }).press("Enter");
    await own.getByLabel(/^For/).selectOption("4 hours");
    await own.getByLabel("Reason").fill("the warehouse moves");
    await inspectPage("mesh-alerts", page);
    await own.getByLabel("Reason").press("Enter");
    await own.getByText("silenced", { exact: true }).waitFor();
    expect(await own.getByRole("button").count()).toBe(0);

    await field.fill(governance);
    await field.press("Enter");
    await page.getByText(/order\.orders: the promised latency/).waitFor();
    const found = await alertsOf(mesh, governance);
    expect(found.map(({ product, isSilenced }) => [product, isSilenced])).toEqual(
      expect.arrayContaining([
        ["customer.customers", true],
        ["order.orders", false],
      ]),
    );
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain(
      "dpgd_",
    );
  });

  test("explains of a field a query that holds it, for each caller, until another field is asked about", async () => {
    await page.goto(`${mesh.url}/#/field/Customer.email`);
    await page.getByLabel("Looking as").selectOption("analyst");
    await page.getByRole("link", { name: "Explain a query" }).click();
    const query = page.getByLabel("Query", { exact: true });
    await query.waitFor();
    expect(await query.inputValue()).toMatch(
      /^query ExplainCustomerEmail \{\n {2}customer\(id: "1"\) \{\n {4}email\n/,
    );
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    const row = page.getByRole("row", { name: /^Customer\.email/ });
    expect(await row.textContent()).toMatch(/masked/);
    await inspectPage("explain-field", page);
    const written = (await query.inputValue()).replace('"1"', '"C0021"');
    await query.fill(written);
    await page.getByLabel("Looking as").selectOption("steward");
    expect(await query.inputValue()).toBe(written);
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: /^Customer\.email/ }).waitFor();
    await page.getByRole("link", { name: "Explain a query" }).click();
    expect(await query.inputValue()).toBe(written);
    await page.goto(`${mesh.url}/#/field/Order.total`);
    await page.getByRole("link", { name: "Explain a query" }).click();
    await expect.poll(() => query.inputValue()).toMatch(/\{\n *total\n/);
  });

  test("names the same owner in the catalog and in an explanation, also of what another domain adds", async () => {
    await page.goto(`${mesh.url}/#/field/Customer.orders`);
    await page.getByRole("heading", { level: 1, name: /^Customer\.orders/ }).waitFor();
    expect(await page.textContent("dl.facts")).toMatch(/Owner\s*order-domain/);
    await page.getByRole("link", { name: "Explain a query" }).click();
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    const row = page.getByRole("row", { name: /^Customer\.orders/ });
    expect(await row.locator("[data-label=Owner]").textContent()).toBe("order-domain");
  });

  test("finds fields with who answers for each beside it", async () => {
    await page.goto(`${mesh.url}/#/products?q=email`);
    const hit = page
      .getByRole("region", { name: "Fields" })
      .getByRole("listitem")
      .filter({ hasText: "Customer.email" });
    await hit.getByText("by customer-domain", { exact: true }).waitFor();
    await inspectPage("search-owner", page);
  });

  test("says that nothing is served yet, what was refused, and that the gateway does not answer", async () => {
    const other = await browser.newPage();
    // The gateway's answers are replaced here: what is looked at is the page.
    const answer = (json: object) => other.route("**/graphql", (route) => route.fulfill({ json }));
    const zero = {
      products: 0,
      domains: 0,
      productsPerDomain: [],
      consumersPerProduct: [],
      timeToServed: [],
    };
    await answer({ data: { mesh: zero } });
    await other.goto(`${mesh.url}/#/mesh`);
    await other.getByText("No data product is served yet.").waitFor();
    await answer({
      data: { mesh: null },
      errors: [{ message: "later", path: ["mesh"], extensions: { code: "SUBGRAPH_UNAVAILABLE" } }],
    });
    await other.reload();
    await other.getByRole("alert").getByText("SUBGRAPH_UNAVAILABLE", { exact: true }).waitFor();
    await other.route("**/graphql", (route) => route.abort());
    await other.reload();
    await other.getByRole("alert").getByText("The gateway does not answer.").waitFor();
    await other.close();
  });

  test("loads nothing from elsewhere, breaks no policy, logs no error", () => {
    expect(problems).toEqual([]);
  });
});

async function reloaded(page: Page): Promise<void> {
  await page.reload();
  await page.locator(".figures").waitFor();
}

/** The domain promises answers within a millisecond: with any use that is broken for good. */
async function promiseTooMuch({ url }: Mesh, domain: string, token: string): Promise<void> {
  const product = readFileSync(join(ROOT, "subgraphs", domain, "product.yaml"), "utf8");
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const address = `${url}/registry/v1/subgraphs/${domain}`;
  const { sdl } = (await (await fetch(address, { headers })).json()).data;
  const changed = product.replace(/latencyP95Ms: \d+/, "latencyP95Ms: 1");
  const body = JSON.stringify({ sdl, product: changed, reason: "promised" });
  expect((await fetch(address, { method: "PUT", headers, body })).status).toBe(200);
}

interface Alert {
  readonly id: string;
  readonly product: string;
  readonly isSilenced: boolean;
}

async function alertsOf({ url }: Mesh, token: string): Promise<readonly Alert[]> {
  const headers = { authorization: `Bearer ${token}` };
  return (await (await fetch(`${url}/registry/v1/alerts`, { headers })).json()).data;
}

/** The code that it is refused with. */
async function act({ url }: Mesh, token: string, path: string, body: object): Promise<string | undefined> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${url}/registry/v1/alerts/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  return (await response.json()).error?.code;
}
