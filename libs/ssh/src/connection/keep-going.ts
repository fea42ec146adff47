/** Runs a step of the application whose fault must not keep others from hearing of theirs: it is a warning of the process. */
export function keepGoing(step: () => void): void {
  try {
    step();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
