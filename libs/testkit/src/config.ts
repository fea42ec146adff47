/** Returns the superuser's URL of a PostgreSQL to use instead of starting one. */
export function chosenPostgresUrl(): string | undefined {
  return process.env['TEST_POSTGRES_URL'] || undefined;
}
