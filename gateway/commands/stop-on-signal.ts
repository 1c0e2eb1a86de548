/** Something with a life time that ends with the process. */
export interface Stoppable {
  readonly stop: () => Promise<void>;
}

/** Milliseconds; `npm start` has 15 s for everything. */
const GRACE = 12_000;

/**
 * Stops on SIGINT and SIGTERM, once, and ends the process.
 *
 * @param graceMs milliseconds after which the process ends even if stopping hangs
 */
export function stopOnSignal({ stop }: Stoppable, graceMs = GRACE): void {
  let isStopping = false;
  const onSignal = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), graceMs).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
}
