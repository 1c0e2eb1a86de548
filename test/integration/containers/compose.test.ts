import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { prepareCommand } from "../../../gateway/commands/audit.ts";
import { readConfig } from "../../../gateway/config.ts";
import { COMPOSE, GIVEN, PASSWORDS } from "../../testkit/compose-file.ts";
import { query } from "../../testkit/query.ts";
import { ROOT } from "../../testkit/run-command.ts";

const { services, volumes } = COMPOSE;
/** Where a volume's folder is made, and by whom it is owned. */
const dockerfile = readFileSync(join(ROOT, "Dockerfile"), "utf8");

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

  test.each(Object.entries(services))(
    "%s: mounts what is there, and asks services at the ports that they serve",
    (_name, { volumes: mounts, environment, command, healthcheck, image }) => {
      for (const [source = "", target = ""] of mounts.map((mount) => mount.split(":"))) {
        if (source.startsWith(".")) expect(existsSync(join(ROOT, source))).toBe(true);
        else expect(volumes).toHaveProperty(source);
        // A new volume of ours takes its owner from the image; everything else of the container cannot be written.
        if (image === "data-product-gateway") expect(dockerfile).toContain(` ${target} `);
      }
      for (const [, host = "", port] of JSON.stringify({ environment, command }).matchAll(
        /https?:\/\/([a-z]+):(\d+)/g,
      )) {
        const { PORT, DPG_PORT } = services[host]?.environment ?? {};
        expect([host, PORT ?? DPG_PORT]).toEqual([host, port]);
      }
      if (image === "data-product-gateway" && healthcheck)
        expect(healthcheck.test.join(" ")).toContain(`:${environment.PORT ?? environment.DPG_PORT}/`);
    },
  );

  test("no two services take the same port of the machine", () => {
    const taken = Object.values(services).flatMap(({ ports }) => ports.map((port) => port.split(":").at(-2)));
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).toEqual(expect.arrayContaining(["4000", "4200"]));
  });

  test("secrets are mounted where they are needed, to be written by nobody but who makes them", () => {
    const holders = Object.entries(services).flatMap(([name, { volumes: mounts }]) =>
      mounts.filter((mount) => mount.includes("/secrets/")).map((mount) => `${name} ${mount}`),
    );
    expect(holders.sort()).toEqual([
      "gateway gateway-access:/secrets/gateway:ro",
      "prepare-registry gateway-access:/secrets/gateway",
      "prepare-registry governance-token:/secrets/governance",
      "prepare-registry metrics-token:/secrets/metrics",
      "prepare-registry registry-key:/secrets/registry",
      "prometheus metrics-token:/secrets/metrics:ro",
      "registry registry-key:/secrets/registry:ro",
    ]);
  });

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

  test("nobody but the registry connects as a role that may give tokens", () => {
    const holders = Object.entries(services).filter(([, { environment }]) =>
      JSON.stringify(environment).includes(GIVEN.REGISTRY_PASSWORD ?? "?"),
    );
    expect(holders.map(([name]) => name)).toEqual(["prepare-registry", "registry"]);
    const url = new URL(services.catalog?.environment.DATABASE_URL ?? "");
    expect([url.username, url.password]).toEqual(["registry_catalog", GIVEN.CATALOG_PASSWORD]);
    expect(services["prepare-registry"]?.environment.CATALOG_PASSWORD).toBe(GIVEN.CATALOG_PASSWORD);
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
