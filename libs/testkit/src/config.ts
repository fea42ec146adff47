/** A PostgreSQL to use instead of starting one: a superuser's URL. */
export function chosenPostgresUrl(): string | undefined {
  return process.env['TEST_POSTGRES_URL'] || undefined;
}
