import { expect } from "vitest";
import { compose } from "../../gateway/registry/compose.ts";
import type { TestRegistry } from "./start-registry.ts";

/**
 * Makes a generation with one more subgraph the newest without the registry's check, as older versions did.
 *
 * @param change of the artifact's text, to what older versions wrote and this one does not
 */
export async function publishUnchecked(
  { registry }: TestRegistry,
  { name, sdl, product = null }: { name: string; sdl: string; product?: string | null },
  change: (content: string) => string = (content) => content,
): Promise<void> {
  const head = await registry.store.head();
  const source = { name, sdl, url: `http://127.0.0.1:1/${name}`, product, domain: name };
  const members = (head?.members ?? []).filter((member) => member.name !== name);
  const composition = compose([...members, source]);
  if (composition.kind === "refused") throw new Error(JSON.stringify(composition.findings).slice(0, 2000));
  const { artifact } = composition;
  const isAppended = await registry.store.append({
    number: (head?.number ?? 0) + 1,
    content: change(JSON.stringify(artifact)),
    hash: artifact.hash,
    signature: "",
    act: "publish",
    author: name,
    reason: "test",
    kept: members.map(({ name: member, version }) => ({ name: member, version })),
    published: [source],
    changed: [name],
  });
  expect(isAppended).toBe(true);
}
