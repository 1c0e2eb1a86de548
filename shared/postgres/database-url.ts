import { createHmac } from "node:crypto";
import { ClientError } from "../errors.ts";

/** What a connection URL says, with its secret apart. */
export interface DatabaseUrl {
  readonly url: URL;
  readonly user: string;
  readonly password: string | undefined;
  /** `host:port` or the socket folder; may be shown. */
  readonly server: string;
}

/**
 * Reads a postgres:// URL as `pg` does: `user`, `password`, `host` and `port` may also be query parameters.
 *
 * @throws ClientError POSTGRES_UNAVAILABLE; its text never contains the URL, which may carry a password
 */
export function readDatabaseUrl(text: string): DatabaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["postgres:", "postgresql:"].includes(url.protocol)) {
    throw new ClientError(
      "POSTGRES_UNAVAILABLE",
      "The database address is not a URL of the form postgres://user:password@host:port/database.",
    );
  }
  const parameter = (name: string) => url.searchParams.get(name) || undefined;
  const host = parameter("host") ?? (decodeURIComponent(url.hostname) || "localhost");
  const port = parameter("port") ?? (url.port || "5432");
  return {
    url,
    user: parameter("user") ?? decodeURIComponent(url.username),
    password: parameter("password") ?? (decodeURIComponent(url.password) || undefined),
    server: host.startsWith("/") ? host : `${host}:${port}`,
  };
}

/** The same server and connection parameters, another user and database. */
export function withUser(
  admin: DatabaseUrl,
  database: string,
  user: string,
  password: string | undefined,
): string {
  const url = new URL(admin.url);
  if (url.hostname === "") url.hostname = "localhost";
  url.searchParams.delete("user");
  url.searchParams.delete("password");
  url.username = user;
  url.password = password === undefined ? "" : encodeURIComponent(password);
  url.pathname = `/${database}`;
  return url.href;
}

/** The same server and user, another database; with a role, every session begins as that role. */
export function withDatabase(admin: DatabaseUrl, database: string, role?: string): string {
  const url = new URL(admin.url);
  url.pathname = `/${database}`;
  if (role !== undefined) {
    const options = url.searchParams.get("options");
    url.searchParams.set("options", `${options === null ? "" : `${options} `}-c role=${role}`);
    // libpq does not read `+` as a space.
    url.search = url.search.replaceAll("+", "%20");
  }
  return url.href;
}

/**
 * A role's password that follows from the administrator's, so that a restart finds the same one without
 * storing it, and knowing it does not give the administrator's away.
 */
export function derivePassword(admin: DatabaseUrl, role: string): string | undefined {
  if (admin.password === undefined) return undefined;
  return createHmac("sha256", admin.password).update(`data-product-gateway role ${role}`).digest("base64url");
}
