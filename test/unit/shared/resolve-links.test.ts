import { parse, print } from "graphql";
import { describe, expect, test } from "vitest";
import { canonicalDirective, type Link, resolveLinks } from "../../../shared/resolve-links.ts";
import { stripGovernance } from "../../../shared/strip-governance.ts";

const GOVERNANCE = "https://specs.data-product-gateway.dev/governance";

function links(sdl: string): readonly Link[] {
  return resolveLinks(parse(sdl));
}

function canonical(sdl: string, name: string): string | null {
  return links(sdl)
    .map((link) => canonicalDirective(link, name))
    .reduce((found, item) => found ?? item, null);
}

describe("links", () => {
  test("give identity, version and purpose", () => {
    const [link] = links(
      `schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY) { query: Q }`,
    );
    expect(link).toMatchObject({
      identity: "https://specs.apollo.dev/authenticated",
      version: [0, 1],
      purpose: "SECURITY",
      namespace: "authenticated",
    });
  });

  test("resolve imported, renamed, namespaced and prefixed directives", () => {
    expect(canonical(`extend schema @link(url: "${GOVERNANCE}/v1.0", import: ["@mask"])`, "mask")).toBe(
      "mask",
    );
    expect(
      canonical(
        `extend schema @link(url: "${GOVERNANCE}/v1.0", import: [{ name: "@mask", as: "@hide" }])`,
        "hide",
      ),
    ).toBe("mask");
    expect(canonical(`extend schema @link(url: "${GOVERNANCE}/v1.0")`, "governance__mask")).toBe("mask");
    expect(canonical(`extend schema @link(url: "${GOVERNANCE}/v1.0", as: "g")`, "g__mask")).toBe("mask");
    expect(
      canonical(
        `extend schema @link(url: "https://specs.apollo.dev/authenticated/v0.1", as: "login")`,
        "login",
      ),
    ).toBe("authenticated");
  });

  test("do not resolve what was renamed away or never imported", () => {
    const sdl = `extend schema @link(url: "${GOVERNANCE}/v1.0", import: [{ name: "@mask", as: "@hide" }])`;
    expect(canonical(sdl, "mask")).toBeNull();
    expect(canonical(sdl, "rowFilter")).toBeNull();
  });

  test("are found where @link itself is renamed", () => {
    const sdl = `schema
      @core(url: "https://specs.apollo.dev/link/v1.0", as: "core")
      @core(url: "${GOVERNANCE}/v1.0", import: ["@mask"]) { query: Query }`;
    expect(canonical(sdl, "mask")).toBe("mask");
  });

  test("ignore other directives with a url, and urls without a version", () => {
    const sdl = `extend schema @service(url: "${GOVERNANCE}/v1.0") @link(url: "${GOVERNANCE}")`;
    expect(links(sdl)).toEqual([]);
  });
});

describe("stripping governance", () => {
  test("leaves plain federation, under whatever names governance was used", () => {
    const stripped = print(
      stripGovernance(
        parse(`
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  @link(url: "${GOVERNANCE}/v1.0", as: "gov", import: [{ name: "@mask", as: "@hide" }])
directive @hide(strategy: gov__MaskStrategy!) on FIELD_DEFINITION
enum gov__MaskStrategy { EMAIL }
type User @key(fields: "id") @gov__owner(team: "a", contact: "b") { id: ID! email: String @hide(strategy: EMAIL) @deprecated }`),
      ),
    );
    expect(stripped).not.toMatch(/gov|hide/);
    expect(stripped).toContain(`@key(fields: "id")`);
    expect(stripped).toContain("@deprecated");
    expect(stripped).toContain("federation/v2.9");
  });

  test("drops a schema extension that only linked governance", () => {
    const stripped = stripGovernance(
      parse(
        `extend schema @link(url: "${GOVERNANCE}/v1.0", import: ["@mask"])\ntype Query { a: Int @mask(strategy: NULLIFY) }`,
      ),
    );
    expect(print(stripped)).toBe("type Query {\n  a: Int\n}");
  });

  test("leaves a schema without governance as it is", () => {
    const document = parse(`type Query { a: Int @mask }`);
    expect(stripGovernance(document)).toBe(document);
  });
});
