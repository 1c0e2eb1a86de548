import type { ApolloServerPlugin } from "@apollo/server";
import { afterEach, expect, test } from "vitest";
import type { GraphQLContext } from "../../../gateway/http/apollo-lane.ts";
import { type SmallMesh, startSmallMesh } from "../../testkit/small-mesh.ts";
import { lanesTaken } from "./lanes-taken.ts";

const SDL = "type Query { hello: String list: [Item] } type Item { id: Int }";
const resolvers = { Query: { hello: () => "hello", list: () => [{ id: 1 }, { id: 2 }] } };

let mesh: SmallMesh;
afterEach(() => mesh.stop());

async function start(...plugins: ApolloServerPlugin<GraphQLContext>[]): Promise<void> {
  mesh = await startSmallMesh({ subgraphs: { greeter: { sdl: SDL, resolvers } }, plugins });
}

test("without plugins the second request takes the hot lane", async () => {
  await start();
  await mesh.ask("{ hello }");
  await mesh.ask("{ hello }");
  expect(await lanesTaken(mesh.url)).toEqual({ apollo: 1, hot: 1 });
});

test("a plugin that watches requests sees all of them", async () => {
  const seen: (string | undefined)[] = [];
  await start({ requestDidStart: async ({ request }) => void seen.push(request.query) });
  await mesh.ask("{ hello }");
  await mesh.ask("{ hello }");
  expect(seen).toEqual(["{ hello }", "{ hello }"]);
  expect(await lanesTaken(mesh.url)).toEqual({ apollo: 2, hot: 0 });
});

test("a plugin that only watches the server leaves the hot lane on", async () => {
  let started = 0;
  await start({
    serverWillStart: async () => {
      started += 1;
    },
  });
  await mesh.ask("{ hello }");
  await mesh.ask("{ hello }");
  expect(started).toBe(1);
  expect(await lanesTaken(mesh.url)).toEqual({ apollo: 1, hot: 1 });
});

/** A plugin that is given the data of each response before it is sent. */
function onData(look: (data: Record<string, unknown>) => void): ApolloServerPlugin<GraphQLContext> {
  return {
    requestDidStart: async () => ({
      willSendResponse: async ({ response: { body } }) => {
        if (body.kind === "single" && body.singleResult.data) look(body.singleResult.data);
      },
    }),
  };
}

test("a plugin sees the data of responses as ordinary objects", async () => {
  const seen: unknown[] = [];
  await start(
    onData((data) => {
      seen.push(data.hello, Object.keys(data), "list" in data, { ...data }, JSON.stringify(data));
    }),
  );
  const { text } = await mesh.ask("{ hello list { id } }");
  const data = { hello: "hello", list: [{ id: 1 }, { id: 2 }] };
  expect(seen).toEqual(["hello", ["hello", "list"], true, data, JSON.stringify(data)]);
  expect(text).toBe(JSON.stringify({ data }));
});

test("what a plugin changes in the data is sent", async () => {
  await start(
    onData((data) => {
      data.hello = "changed";
      delete data.list;
      data.added = [1];
    }),
  );
  const { data } = await mesh.ask("{ hello list { id } }");
  expect(data).toEqual({ hello: "changed", added: [1] });
});

test("what a plugin changes deep in the data is sent", async () => {
  await start(
    onData(({ list }) => {
      if (Array.isArray(list)) list[0].id = 7;
    }),
  );
  const { data } = await mesh.ask("{ hello list { id } }");
  expect(data).toEqual({ hello: "hello", list: [{ id: 7 }, { id: 2 }] });
});

test("what a plugin adds to the response beside the data is sent", async () => {
  await start({
    requestDidStart: async () => ({
      willSendResponse: async ({ response: { body, http } }) => {
        if (body.kind === "single") body.singleResult.extensions = { cost: 3 };
        http.headers.set("x-plugin", "was here");
      },
    }),
  });
  const { text, headers } = await mesh.ask("{ hello }");
  expect(text).toBe('{"data":{"hello":"hello"},"extensions":{"cost":3}}');
  expect(headers.get("x-plugin")).toBe("was here");
});
