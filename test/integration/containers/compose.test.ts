import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { prepareCommand } from "../../../gateway/commands/audit.ts";
import { readConfig } from "../../../gateway/config.ts";
import { query } from "../../testkit/query.ts";
import { ROOT } from "../../testkit/run-command.ts";

const PASSWORDS = ["POSTGRES", "CUSTOMER", "PRODUCT", "ORDER", "AUDIT"].map((name) => `${name}_PASSWORD`);
/** What the operator sets. */
const GIVEN: Readonly<Record<string, string>> = Object.fromEntries(
  PASSWORDS.map((name) => [name, `${name.toLowerCase()}-secret`]),
);

const service = z.looseObject({
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string().transform(interpolate)).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const file = z.looseObject({ services: z.record(z.string(), service) });

const written = readFileSync(join(ROOT, "docker-compose.yml"), "utf8");
const { services } = file.parse(parse(written, { merge: true }));

/** As Compose fills in `${NAME}`, `${NAME:-default}` and `${NAME:?message}`. */
function interpolate(text: string): string {
  return text
    .replaceAll("$$", "$")
    .replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest = "") => {
      if (GIVEN[name] !== undefined) return GIVEN[name];
      if (kind === "-") return rest;
      throw new Error(`${name} is not among what the operator is told to set`);
    });
}

describe("docker-compose.yml", () => {
  test.each(Object.entries(services))(
    "%s: every DPG_ variable is a setting that is known, with a value that fits",
    (_name, { environment }) => {
      expect(() => readConfig(null, { NODE_ENV: "production", ...environment })).not.toThrow();
    },
  );

  test.each(Object.entries(services))(
    "%s: runs what is built, after services that are there",
    (_name, { command, depends_on }) => {
      const [module] = command.filter((word) => word.endsWith(".js"));
      if (module)
        expect(existsSync(join(ROOT, module.replace(/^dist\//, "").replace(/\.js$/, ".ts")))).toBe(true);
      for (const name of Object.keys(depends_on)) expect(services).toHaveProperty(name);
    },
  );

  test("a wrong DPG_ variable is found by this", () => {
    const environment = { ...services.gateway?.environment, DPG_AUDIT_DATABASE: "x" };
    expect(() => readConfig(null, environment)).toThrow("DPG_AUDIT_DATABASE");
  });

  test("the gateway records into the audit's database, as the role that one service made with the same password", () => {
    const { audit } = readConfig(null, services.gateway?.environment ?? {});
    const url = new URL(audit.databaseUrl ?? "");
    expect([url.username, url.password, url.pathname]).toEqual(["audit_app", GIVEN.AUDIT_PASSWORD, "/audit"]);
    expect(services["prepare-audit"]).toMatchObject({
      command: ["dist/gateway/commands/main.js", "audit", "prepare"],
      environment: { APPLICATION_PASSWORD: GIVEN.AUDIT_PASSWORD },
    });
    expect(services.gateway?.depends_on["prepare-audit"]).toEqual({
      condition: "service_completed_successfully",
    });
    for (const [name, { environment }] of Object.entries(services))
      if (!name.startsWith("prepare-") && name !== "postgres")
        expect(JSON.stringify(environment)).not.toContain(GIVEN.POSTGRES_PASSWORD);
  });

  test("README names what has to be set", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    for (const name of PASSWORDS) expect(readme).toContain(`\`${name}\``);
  });
});

test("the audit's role has the password that was given, and only appends and reads", async () => {
  const database = `audit_${randomBytes(5).toString("hex")}`;
  const env = { DATABASE_ADMIN_URL: inject("postgresAdminUrl"), APPLICATION_PASSWORD: "of the operator" };
  const { text } = await prepareCommand(database, env);
  const url = new URL(text);
  expect([url.username, decodeURIComponent(url.password)]).toEqual([`${database}_app`, "of the operator"]);
  const insert = `INSERT INTO audit_entry (chain, seq, hash, body) VALUES (gen_random_uuid(), 0, repeat('a', 64), '{}')`;
  await query(text, insert);
  expect(await query(text, "SELECT seq FROM audit_entry")).toHaveLength(1);
  for (const change of [
    "UPDATE audit_entry SET body = '{}'",
    "DELETE FROM audit_entry",
    "TRUNCATE audit_entry",
  ])
    await expect(query(text, change)).rejects.toMatchObject({ code: "42501" });
});
