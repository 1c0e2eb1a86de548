import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const ITERATIONS = 4096;

/**
 * What Postgres stores of a password (RFC 5803, `SCRAM-SHA-256$…`), made here so that the password itself is
 * in no statement and so in no server's log.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  // NFKC is what SASLprep (RFC 4013) amounts to for printable text.
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string) => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
