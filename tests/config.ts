/** Where a test run leaves its counts for whoever adds up several runs; not set when a person runs the tests. */
export function countsFile(): string | undefined {
  return process.env['TEST_COUNTS_FILE'] || undefined;
}
