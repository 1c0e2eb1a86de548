import { askRest } from "./ask.ts";

/** How a page asks the registry, and as whom. */
export interface RegistryDoor {
  /** Who reads; what came of it for one is shown to no other. */
  readonly reader: string | null;
  /** Who acts, likewise. */
  readonly actor: string;
  /** @throws AskError */
  readonly read: <Data>(path: string) => Promise<Data>;
  /** What only the governance team may: its record, and what changes something. @throws AskError */
  readonly act: <Data>(method: "GET" | "POST", path: string, body: object | null) => Promise<Data>;
}

/** The registry is in the gateway's own process, and asks for nothing but a deploy token. */
export function doorHere(deployToken: string): RegistryDoor {
  const ask = <Data>(method: "GET" | "POST", path: string, body: object | null) =>
    askRest<Data>(method, `/registry/v1${path}`, body, { token: deployToken });
  return {
    reader: deployToken,
    actor: deployToken,
    read: (path) => ask("GET", path, null),
    act: ask,
  };
}

/** It is elsewhere: the gateway reads it for stewards, and passes on what they do with their own deploy token. */
export function doorBehind(token: string | null, deployToken: string): RegistryDoor {
  const ask = <Data>(method: "GET" | "POST", path: string, body: object | null, own: string) =>
    askRest<Data>(method, `/governance/registry${path}`, body, { token, deployToken: own });
  return {
    reader: token,
    actor: `${token} ${deployToken}`,
    read: (path) => ask("GET", path, null, ""),
    act: (method, path, body) => ask(method, path, body, deployToken),
  };
}
