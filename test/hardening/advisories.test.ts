import { composeServices } from "@apollo/composition";
import { parse } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SubgraphSource } from "../../gateway/registry/compose.ts";
import { buildSupergraph } from "../../gateway/supergraph/supergraph.ts";
import { composed, linked } from "../testkit/compose-schemas.ts";
import { resolveFromData } from "../testkit/resolve-from-data.ts";
import { type SmallMesh, startSmallMesh } from "../testkit/small-mesh.ts";
import { TokenIssuer } from "../testkit/token-issuer.ts";

/** What another composer makes of plain Federation; ours took no part in it. */
function composeElsewhere(sources: readonly SubgraphSource[]): string {
  const { supergraphSdl, errors } = composeServices(
    sources.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (!supergraphSdl) throw new Error(String(errors));
  return supergraphSdl;
}

const cat = { __typename: "Cat", id: "1", name: "Tom", owner: "Ann" };
const dog = { __typename: "Dog", id: "2", name: "Rex", owner: "Bob" };
const data = { query: { pets: [cat, dog], things: [cat, dog], cat, dog } };
const shape = (catOwner: string, more = "") => `
  type Query { pets: [Pet] things: [Thing] cat: Cat dog: Dog }
  interface Pet { id: ID! name: String owner: String }
  type Cat implements Pet @key(fields: "id") ${more} { id: ID! name: String owner: String ${catOwner} }
  type Dog implements Pet @key(fields: "id") { id: ID! name: String owner: String }
  union Thing = Cat | Dog`;

let issuer: TokenIssuer;
const meshes: SmallMesh[] = [];
beforeAll(async () => {
  issuer = await TokenIssuer.start();
});
afterAll(async () => {
  await Promise.all(meshes.map((mesh) => mesh.stop()));
  await issuer.stop();
});

async function serve(sdl: string, supergraphOf = composeElsewhere): Promise<SmallMesh> {
  const pets = { sdl, resolvers: resolveFromData(data) };
  const mesh = await startSmallMesh({ subgraphs: { pets }, issuers: [issuer], supergraphOf });
  meshes.push(mesh);
  return mesh;
}

const SCOPED = `@requiresScopes(scopes: [["owner"]])`;
const ATTACKS = [
  "{ pets { owner } }",
  "{ pets { ... on Pet { owner } } }",
  "{ pets { ... on Cat { owner } } }",
  "{ things { ... on Cat { owner } } }",
  "{ things { ... on Pet { owner } } }",
  "{ cat { ... on Pet { owner } } }",
  "{ cat { ...F } } fragment F on Pet { x: owner }",
];

describe("GHSA-x33c-7c2v-mrj9: access control on interface types and fields", () => {
  test.each(ATTACKS)("%s gets no protected value, from a supergraph of another composer", async (query) => {
    const mesh = await serve(linked(shape(SCOPED)));
    const refused = await mesh.ask(query, { token: issuer.token({ scope: "" }) });
    expect(refused.text).not.toContain("Ann");
    expect(refused.errors[0]?.extensions.code).toBe("UNAUTHORIZED_FIELD_OR_TYPE");
    expect((await mesh.ask(query, { token: issuer.token({ scope: "owner" }) })).text).toContain("Ann");
  });

  test("a rule that older composers left on the interface alone binds its implementers", async () => {
    const onInterface = (sources: readonly SubgraphSource[]) =>
      composeElsewhere(sources).replace(
        /(interface Pet[^}]*owner: String)/,
        '$1 @requiresScopes(scopes: [["owner"]])',
      );
    const other = shape("").replace(
      "things: [Thing]",
      `things: [Thing] @requiresScopes(scopes: [["things"]])`,
    );
    const mesh = await serve(linked(other), onInterface);
    for (const query of ["{ cat { owner } }", "{ dog { owner } }", "{ pets { ... on Dog { owner } } }"])
      expect((await mesh.ask(query, { token: issuer.token({ scope: "" }) })).text).not.toMatch(/Ann|Bob/);
  });
});

describe("GHSA-mx7m-j9xf-62hw: access control on polymorphic types", () => {
  test("a guarded type stays closed through its interface and its union", async () => {
    const mesh = await serve(linked(shape("", SCOPED)));
    for (const query of [...ATTACKS, "{ pets { id } }", "{ cat { id } }"]) {
      const { text, errors } = await mesh.ask(query, { token: issuer.token({ scope: "" }) });
      expect(text).not.toMatch(/Ann|Tom|"1"/);
      expect(errors.length).toBeGreaterThan(0);
    }
  });

  test("the guard of one type does not bind the others where they are asked for themselves", async () => {
    const mesh = await serve(linked(shape("", SCOPED)));
    const { data, errors } = await mesh.ask("{ dog { owner } things { __typename ... on Dog { name } } }");
    expect(data).toEqual({
      dog: { owner: "Bob" },
      things: [{ __typename: "Cat" }, { __typename: "Dog", name: "Rex" }],
    });
    expect(errors).toEqual([]);
  });
});

describe("GHSA-m8jr-fxqx-8xx6: access control on what @requires and @fromContext read", () => {
  test("publish refuses a field that hands on more than it demands", () => {
    const source = `type Query { a: A } type A @key(fields: "id") { id: ID! secret: Int @authenticated }`;
    const reader = `type A @key(fields: "id") { id: ID! secret: Int @external open: Int @requires(fields: "secret") }`;
    const { kind, findings } = composed(source, reader);
    expect(kind).toBe("refused");
    expect(findings.map(({ code }) => code)).toContain("MISSING_TRANSITIVE_AUTH_REQUIREMENTS");
  });
});

describe("GHSA-g8jh-vg5j-4h3f: renamed directives", () => {
  const renamed = (imports: string, name: string) => `extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", ${imports}])
    ${shape(`${name}(scopes: [["owner"]])`)}`;

  test.each([
    [`{ name: "@requiresScopes", as: "@needs" }`, "@needs"],
    [`{ name: "@authenticated", as: "@requiresScopesNot" }`, "@federation__requiresScopes"],
  ])("%s is enforced as %s, also from another composer", async (imports, name) => {
    for (const composer of [composeElsewhere, undefined]) {
      const mesh = await serve(renamed(imports, name), composer);
      const { text } = await mesh.ask("{ cat { owner } }", { token: issuer.token({ scope: "" }) });
      expect(text).not.toContain("Ann");
    }
  });

  test("36: a security feature that nobody here enforces refuses the supergraph", () => {
    const sdl = composeElsewhere([{ name: "pets", url: "http://localhost:1", sdl: linked(shape("")) }]);
    const feature = `@link(url: "https://specs.example.com/fortress/v1.0", for: SECURITY) @link(url: "https://specs.apollo.dev/join`;
    expect(() => buildSupergraph(sdl.replace(`@link(url: "https://specs.apollo.dev/join`, feature))).toThrow(
      /fortress/,
    );
    const later = `@link(url: "https://specs.apollo.dev/authenticated/v0.9", for: SECURITY) @link(url: "https://specs.apollo.dev/join`;
    expect(() => buildSupergraph(sdl.replace(`@link(url: "https://specs.apollo.dev/join`, later))).toThrow(
      /authenticated/,
    );
  });
});
