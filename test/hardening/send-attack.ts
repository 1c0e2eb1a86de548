import { request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { AttackRequest } from "./attack.ts";

export interface AttackAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  /** Of the first error, or empty. */
  readonly code: string;
  readonly text: string;
}

/** Sends an attack on a connection of its own; resolves however it ends. */
export function sendAttack(origin: string, attack: AttackRequest): Promise<AttackAnswer> {
  const { method = "POST", path = "/graphql", headers = {}, body = "" } = attack;
  const parts = Array.isArray(body) ? body : [body];
  return new Promise((resolve) => {
    const sent = request(new URL(path, origin), {
      method,
      agent: false,
      headers: { ...headers, ...lengthOf(body) },
    });
    sent.once("error", () => resolve({ status: 0, code: "", text: "" }));
    sent.once("response", async (response) => {
      const text = (await buffer(response).catch(() => Buffer.alloc(0))).toString();
      resolve({ status: response.statusCode ?? 0, code: codeOf(text), text });
    });
    for (const part of parts) if (part.length > 0) sent.write(part);
    sent.end();
  });
}

function lengthOf(body: AttackRequest["body"]): Readonly<Record<string, number>> {
  return typeof body === "string" || Buffer.isBuffer(body)
    ? { "content-length": Buffer.byteLength(body) }
    : {};
}

function codeOf(text: string): string {
  return /"code":"(\w+)"/.exec(text)?.[1] ?? "";
}
