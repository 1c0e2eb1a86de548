import { GraphQLError, parse } from "graphql";
import { z } from "zod";
import { ClientError } from "../../shared/errors.ts";
import { operationHash, operationList } from "../../shared/listed-operations.ts";
import { readText } from "./read-text.ts";
import { askRegistry, type RegistryAccess } from "./registry-client.ts";
import type { Outcome } from "./report.ts";

export interface PublishOptions {
  /** The application. */
  readonly client: string;
  /** Takes back what it published before. */
  readonly replace: boolean;
}

const published = z.object({ added: z.number(), removed: z.number() });
const apolloManifest = z.looseObject({ operations: z.array(z.looseObject({ body: z.string() })) });
const textsByHash = z.record(z.string(), z.string());

/** `dpg operations publish`: what an application may send where only published operations are answered. */
export async function publishOperations(
  access: RegistryAccess,
  file: string,
  { client, replace }: PublishOptions,
): Promise<Outcome> {
  const bodies = readOperations(file);
  const request = { method: "PUT", path: "/operations", body: { client, bodies, replace } } as const;
  const { added, removed } = await askRegistry(access, request, published);
  const operations = bodies.map((body) => ({ hash: operationHash(body), body }));
  const lines = operations.map(({ hash, body }) => `${hash}\t${shortly(body)}`);
  const summary = `${client}: ${added} published, ${removed} taken back`;
  return { data: { client, added, removed, operations }, text: [...lines, summary].join("\n") };
}

/** `dpg operations list` */
export async function listOperations(access: RegistryAccess): Promise<Outcome> {
  const { operations } = await askRegistry(access, { method: "GET", path: "/operations" }, operationList);
  const found = operations.map((item) => ({ ...item, hash: operationHash(item.body) }));
  const lines = found.map(({ client, hash, body }) => `${client}\t${hash}\t${shortly(body)}`);
  return { data: { operations: found }, text: lines.join("\n") };
}

/**
 * The texts of a manifest (Apollo's, or a JSON map of hash to text as Relay writes it), or one operation as it stands.
 *
 * @throws ClientError FILE_UNREADABLE, or OPERATION_INVALID for a text that does not parse
 */
function readOperations(file: string): readonly string[] {
  const text = readText(file);
  const bodies = text.trimStart().startsWith("{") && isJson(text) ? textsOf(JSON.parse(text), file) : [text];
  for (const body of bodies) refuseInvalid(body);
  return [...new Set(bodies)];
}

function textsOf(manifest: unknown, file: string): readonly string[] {
  const apollo = apolloManifest.safeParse(manifest);
  if (apollo.success) return apollo.data.operations.map(({ body }) => body);
  const relay = textsByHash.safeParse(manifest);
  if (relay.success) return Object.values(relay.data);
  throw new ClientError("FILE_UNREADABLE", `${file} is neither a manifest of operations nor an operation.`);
}

/** An operation may begin with a brace as well. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function refuseInvalid(body: string): void {
  try {
    parse(body, { noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new ClientError("OPERATION_INVALID", `${error.message} (${shortly(body)})`);
  }
}

function shortly(body: string): string {
  const line = body.replace(/\s+/g, " ").trim();
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
