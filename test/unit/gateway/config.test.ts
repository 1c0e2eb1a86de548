import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readConfig } from "../../../gateway/config.ts";
import { ClientError } from "../../../shared/errors.ts";

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "dpg-config-")), "gateway.yaml");
  writeFileSync(path, text);
  return path;
}

function refusal(text: string, env = {}): string {
  try {
    readConfig(file(text), env);
  } catch (error) {
    if (error instanceof ClientError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "accepted";
}

describe("the configuration", () => {
  test("has a working default for every key", () => {
    const config = readConfig(null, {});
    expect(config.port).toBe(4000);
    expect(config.auth.issuers).toEqual([]);
    expect(config.limits).toMatchObject({
      bodyBytes: 1_000_000,
      tokens: 15_000,
      depth: 50,
      aliases: 100,
      planMs: 1000,
    });
    expect(config.authorization.mode).toBe("filter");
  });

  test("accepts the example of the interface description", () => {
    const config = readConfig(
      file(`
port: 4000
executor: compiled
sharing: off
auth:
  issuers:
    - issuer: https://idp.example.com
      jwksUrl: https://idp.example.com/jwks.json
      audience: data-product-gateway
      algorithms: [RS256, ES256, EdDSA]
  scopesClaim: scope
  purposeClaim: purpose
authorization:
  mode: filter
  errors: response
  dryRun: false
masking:
  hmacKey: \${DPG_MASK_KEY}
limits: { bodyBytes: 1000000, tokens: 15000, depth: 50, aliases: 100, cost: 100000, planMs: 1000 }
subgraphs:
  customer: { url: "http://localhost:4101/graphql", timeoutMs: 2000, retries: 1, maxResponseBytes: 20000000 }
introspection: true
`),
      { DPG_MASK_KEY: "a key of at least sixteen characters" },
    );
    expect(config.masking.hmacKey).toBe("a key of at least sixteen characters");
    expect(config.sharing).toBe("off");
    expect(config.subgraphs.customer?.timeoutMs).toBe(2000);
  });

  test("refuses an unknown key by its name, also a nested one", () => {
    expect(refusal("prot: 4000")).toMatch(/CONFIG_INVALID[\s\S]*"prot"/);
    expect(refusal("limits: { dept: 3 }")).toMatch(/CONFIG_INVALID[\s\S]*limits[\s\S]*"dept"/);
  });

  test("refuses wrong values with the key's path", () => {
    expect(refusal("port: many")).toContain("port:");
    expect(refusal("limits: { depth: -1 }")).toContain("limits.depth:");
    expect(refusal("executor: fast")).toContain("executor:");
    expect(
      refusal("auth: { issuers: [{ issuer: x, jwksUrl: 'file:///etc/passwd', audience: y }] }"),
    ).toContain("auth.issuers.0.jwksUrl");
    expect(
      refusal("auth: { issuers: [{ issuer: x, jwksUrl: 'https://a', audience: y, algorithms: [none] }] }"),
    ).toContain("auth.issuers.0.algorithms.0");
    expect(refusal("- a list")).toContain("must be a map");
    expect(refusal("port: [")).toContain("is not YAML");
  });

  test("takes every key from the environment, which wins over the file", () => {
    const config = readConfig(file("limits: { depth: 7, aliases: 8 }"), {
      DPG_LIMITS_DEPTH: "9",
      DPG_INTROSPECTION: "false",
      DPG_AUTH_SCOPES_CLAIM: "roles",
      DPG_AUTH_ISSUERS: JSON.stringify([{ issuer: "i", jwksUrl: "https://i.example/jwks", audience: "a" }]),
    });
    expect(config.limits.depth).toBe(9);
    expect(config.limits.aliases).toBe(8);
    expect(config.introspection).toBe(false);
    expect(config.auth.scopesClaim).toBe("roles");
    expect(config.auth.issuers[0]?.issuer).toBe("i");
  });

  test("refuses an unknown DPG_ variable by its name", () => {
    expect(refusal("", { DPG_LIMIT_DEPTH: "3" })).toContain("DPG_LIMIT_DEPTH");
  });

  test("refuses a secret written into the file, and never repeats it", () => {
    const text = refusal("masking: { hmacKey: this-is-the-secret-value }");
    expect(text).toContain("masking.hmacKey");
    expect(text).not.toContain("this-is-the-secret-value");
  });

  test("refuses an issuer that is listed twice: which of the two should verify its tokens?", () => {
    const issuer = "{ issuer: i, jwksUrl: 'https://i.example/jwks', audience: a }";
    expect(refusal(`auth: { issuers: [${issuer}, ${issuer}] }`)).toContain("listed once only");
  });

  test("treats a secret whose variable is not set as absent", () => {
    const config = readConfig(file(`masking: { hmacKey: '\${DPG_MASK_KEY}' }`), {});
    expect(config.masking.hmacKey).toBeNull();
  });

  test("allows http: for loopback addresses in production, and for nothing else", () => {
    const env = { NODE_ENV: "production" };
    expect(refusal("subgraphs: { a: { url: 'http://127.0.0.1:1/graphql' } }", env)).toBe("accepted");
    expect(refusal("subgraphs: { a: { url: 'http://10.0.0.1/graphql' } }", env)).toContain("subgraphs.a.url");
    expect(refusal("subgraphs: { a: { url: 'http://localhost.example.com/graphql' } }", env)).toContain(
      "https:",
    );
    expect(refusal("subgraphs: { a: { url: 'http://10.0.0.1/graphql' } }")).toBe("accepted");
  });

  test("says which file cannot be read", () => {
    expect(() => readConfig("/nowhere/gateway.yaml", {})).toThrow("/nowhere/gateway.yaml");
  });
});
