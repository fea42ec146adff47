/** Runs a callback of the application. If it throws, emits a process warning, so that the remaining callbacks are still called. */
export function warnOnThrow(step: () => void): void {
  try {
    step();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
