import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { portOf } from "./gateway-identity.ts";

export type TestAlgorithm = "RS256" | "ES256" | "EdDSA";

/** A signing key of an issuer, with what it publishes about it. */
export interface IssuerKey {
  readonly keyId: string;
  readonly algorithm: TestAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicJwk: Readonly<Record<string, unknown>>;
}

/** Answers a request for the key set in the issuer's place. */
export type KeySetAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** An OpenID provider over HTTP: discovery, key set, and tokens as a test wants them. */
export class TokenIssuer {
  readonly url: string;
  /** What the key set holds now; tests rotate it. */
  published: readonly IssuerKey[];
  /** Replaces the answer for the key set while it is not null. */
  answer: KeySetAnswer | null = null;
  /** How often the key set was asked for. */
  fetches = 0;
  /** How many of those were under way at once, at most. */
  mostAtOnce = 0;
  #running = 0;
  readonly #server: Server;

  private constructor(server: Server, keys: readonly IssuerKey[]) {
    this.#server = server;
    this.published = keys;
    this.url = `http://127.0.0.1:${portOf(server.address())}`;
    server.on("request", (request, response) => this.#respond(request, response));
  }

  static async start(keys: readonly IssuerKey[] = [createKey("key-1")]): Promise<TokenIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new TokenIssuer(server, keys);
  }

  get jwksUrl(): string {
    return `${this.url}/jwks.json`;
  }

  /** A valid token of the first published key, unless told otherwise; `undefined` removes a claim. */
  token(claims: Readonly<Record<string, unknown>> = {}, how: TokenOptions = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const usual = { iss: this.url, aud: AUDIENCE, sub: "ada", iat: now, exp: now + 3600 };
    return this.tokenOf(JSON.stringify({ ...usual, ...claims }), how);
  }

  /** A token with exactly this payload. */
  tokenOf(payload: string, { key = this.published[0], header = {} }: TokenOptions = {}): string {
    if (!key) throw new Error("the issuer has no key");
    return compact({ alg: key.algorithm, kid: key.keyId, ...header }, payload, (input) =>
      signWith(key, input),
    );
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    if (request.url === "/.well-known/openid-configuration") {
      response.end(JSON.stringify({ issuer: this.url, jwks_uri: this.jwksUrl }));
      return;
    }
    this.fetches += 1;
    this.#running += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#running);
    response.once("close", () => {
      this.#running -= 1;
    });
    if (this.answer) this.answer(request, response);
    else response.end(JSON.stringify({ keys: this.published.map((key) => key.publicJwk) }));
  }
}

export interface TokenOptions {
  readonly key?: IssuerKey | undefined;
  /** Added to, or replacing, what the header says; `undefined` removes. */
  readonly header?: Readonly<Record<string, unknown>>;
}

export const AUDIENCE = "data-product-gateway";

/** A new key pair; `about` is added to, or replaces, what is published about it. */
export function createKey(
  keyId: string,
  algorithm: TestAlgorithm = "ES256",
  about: Readonly<Record<string, unknown>> = {},
): IssuerKey {
  const privateKey = createPrivateKey(algorithm);
  const jwk = createPublicKey(privateKey).export({ format: "jwk" });
  const published = { ...jwk, kid: keyId, alg: algorithm, use: "sig", ...about };
  const stated = Object.fromEntries(Object.entries(published).filter(([, value]) => value !== undefined));
  return { keyId, algorithm, privateKey, publicJwk: stated };
}

/** A JWT of parts as given; the signature comes from `signature`. */
export function compact(
  header: Readonly<Record<string, unknown>>,
  payload: string,
  signature: (input: Buffer) => Buffer,
): string {
  const input = [JSON.stringify(header), payload]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");
  return `${input}.${signature(Buffer.from(input)).toString("base64url")}`;
}

/** HS256 with the bytes of something public as the secret: the classic confusion of key kinds. */
export function hmacWith(secret: string | Buffer): (input: Buffer) => Buffer {
  return (input) => createHmac("sha256", secret).update(input).digest();
}

/** The signature of a key in the form that JWTs have. */
export function signWith({ algorithm, privateKey }: IssuerKey, input: Buffer): Buffer {
  if (algorithm === "EdDSA") return sign(null, input, privateKey);
  return sign("sha256", input, { key: privateKey, dsaEncoding: "ieee-p1363" });
}

function createPrivateKey(algorithm: TestAlgorithm): KeyObject {
  switch (algorithm) {
    case "RS256":
      return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    case "ES256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    case "EdDSA":
      return generateKeyPairSync("ed25519").privateKey;
  }
}
