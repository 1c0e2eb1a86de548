import { expect, test } from "vitest";
import { composeOurs, startSmallMesh } from "../testkit/small-mesh.ts";

/** No name server is asked for it: a label has 63 characters at most (RFC 1035, section 2.3.4). */
const HOST = `${"x".repeat(64)}.example`;

test("89: a subgraph whose name cannot be resolved costs its own fields only, with a typed error that does not tell the name", async () => {
  const mesh = await startSmallMesh({
    subgraphs: {
      known: { sdl: "type Query { known: Int }", resolvers: { Query: { known: () => 1 } } },
      lost: { sdl: "type Query { lost: Int }", resolvers: {} },
    },
    supergraphOf: (sources) =>
      composeOurs(
        sources.map((one) => (one.name === "lost" ? { ...one, url: `http://${HOST}/graphql` } : one)),
      ),
  });
  const { data, errors, text } = await mesh.ask("{ known lost }");
  await mesh.stop();
  expect(data).toEqual({ known: 1, lost: null });
  expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
    [["lost"], "SUBGRAPH_UNAVAILABLE"],
  ]);
  expect(text).not.toMatch(/xxx|example|ENOTFOUND|EAI/);
});
