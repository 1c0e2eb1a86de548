import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { CatalogProjector } from "../../../../gateway/catalog/catalog-projector.ts";

test("what keeps the catalog from the newest generation is told once, not at every request", async () => {
  // It hangs up on everybody, as a database does that restarts.
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const told: unknown[] = [];
  const projector = new CatalogProjector(`postgresql://nobody@127.0.0.1:${port}/none`, (error) =>
    told.push(error),
  );
  onTestFinished(() => projector.stop());
  for (let request = 0; request < 3; request += 1) await projector.current();
  expect(told).toEqual([expect.any(Error)]);
  await expect(projector.catchUp()).rejects.toThrow();
});
