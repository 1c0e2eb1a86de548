import type { Logger } from "./log.ts";

/**
 * Keeps the process alive where a plugin or a policy leaves a promise behind that is rejected (hardening 111): the
 * rejection is logged, and everybody else's requests go on. What is thrown outside of promises still ends it.
 */
export function logRejections(log: Logger): void {
  process.on("unhandledRejection", (err) =>
    log.error({ err }, "a promise was rejected and nobody waits for it"),
  );
}
