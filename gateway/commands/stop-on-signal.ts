/** Something with a life time that ends with the process. */
export interface Stoppable {
  readonly stop: () => Promise<void>;
}

/** Milliseconds after which the process ends even if stopping hangs. */
const GRACE = 12_000;

/** Stops on SIGINT and SIGTERM, once, and ends the process. */
export function stopOnSignal({ stop }: Stoppable): void {
  let isStopping = false;
  const onSignal = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), GRACE).unref();
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
