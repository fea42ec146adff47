/**
 * Builds the INSERT of the fact that a parameter has (see `Outbox.factOf`). It is written once per row of `from`, the name of the WITH query that
 * makes it true.
 */
export const insertFactSql = (parameter: string, from?: string): string => `
  INSERT INTO core.outbox (id, subject, payload, headers)
  SELECT fact.id, fact.subject, fact.payload, fact.headers
  FROM json_populate_record(NULL::core.outbox, ${parameter}::json) AS fact${from ? `, ${from}` : ''}`;
