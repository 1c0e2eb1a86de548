import { z } from "zod";
import { InternalError } from "../errors.ts";
import { CHECKS_CLIENT } from "../usage-batch.ts";
import type { FindKeys } from "./quality-checks.ts";

export interface GatewayAccess {
  /** Of its GraphQL endpoint. */
  readonly url: string;
  /** A client's token; null asks anonymously. */
  readonly token: string | null;
}

/** Objects asked for at once. */
const BATCH = 50;
const DEADLINE = 10_000;

const answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.unknown()).default([]),
});

/**
 * Looks keys up through the gateway, as any client would: `customer(id: …) { id }` for `Customer.id`. An object that the
 * gateway answers `null` for, without an error, does not exist for this caller.
 */
export function findKeysThrough({ url, token }: GatewayAccess): FindKeys {
  return async (type, field, values) => {
    const root = type.charAt(0).toLowerCase() + type.slice(1);
    const missing: string[] = [];
    for (let start = 0; start < values.length; start += BATCH) {
      const some = values.slice(start, start + BATCH);
      const selection = some.map((_, index) => `k${index}: ${root}(${field}: $v${index}) { ${field} }`);
      const declared = some.map((_, index) => `$v${index}: ID!`);
      const query = `query QualityReference(${declared.join(", ")}) { ${selection.join(" ")} }`;
      const variables = Object.fromEntries(some.map((value, index) => [`v${index}`, value]));
      const data = await ask({ url, token }, { query, variables });
      missing.push(...some.filter((_, index) => data[`k${index}`] === null));
    }
    return missing;
  };
}

async function ask({ url, token }: GatewayAccess, body: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "apollographql-client-name": CHECKS_CLIENT,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(DEADLINE),
  });
  const { data, errors } = answer.parse(await response.json());
  if (!data || errors.length > 0) throw new InternalError("the gateway answered with errors");
  return data;
}
