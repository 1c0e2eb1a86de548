import { ClientError } from "../../shared/errors.ts";

/**
 * Makes a function from source text, or null where the process disallows that
 * (`--disallow-code-generation-from-strings`): the caller then composes closures.
 *
 * Source holds only our own text, names that passed {@link memberOf} and JSON-encoded constants; values of any
 * other kind go through `constants`, which the source reads as `c[0]`, `c[1]`, …
 */
export function generateCode<T>(constants: readonly unknown[], source: string): T | null {
  if (!allowed()) return null;
  return new Function("c", `"use strict";${source}`)(constants);
}

/** The source of reading own property `key` of the object that the expression `object` gives. */
export function memberOf(object: string, key: string): string {
  const name = checkKey(key);
  return INHERITED.has(name)
    ? `(Object.hasOwn(${object},"${name}")?${object}.${name}:undefined)`
    : `${object}.${name}`;
}

/** Reads own property `key` of an object that came from JSON; undefined without one. */
export function compileRead(key: string): (object: Readonly<Record<string, unknown>>) => unknown {
  checkKey(key);
  return INHERITED.has(key)
    ? (object) => (Object.hasOwn(object, key) ? object[key] : undefined)
    : (object) => object[key];
}

/**
 * A response key that is a GraphQL name and no trap: assigning to `__proto__` would change a prototype.
 *
 * @throws ClientError RESERVED_ALIAS for `__proto__`; TypeError for what is no name at all
 */
export function checkKey(key: string): string {
  if (!NAME.test(key)) throw new TypeError("a response key is not a GraphQL name");
  if (key === "__proto__") throw new ClientError("RESERVED_ALIAS", 'The name "__proto__" cannot be used.');
  return key;
}

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

let known: boolean | undefined;

function allowed(): boolean {
  if (known === undefined) {
    try {
      known = new Function("return true")() === true;
    } catch {
      known = false;
    }
  }
  return known;
}
