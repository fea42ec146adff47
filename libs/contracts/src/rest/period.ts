interface Period {
  readonly date_from?: string | undefined;
  readonly date_to?: string | undefined;
}

/** Returns true if a period can contain a time. */
export const isPeriod = ({ date_from: from, date_to: to }: Period): boolean =>
  from === undefined || to === undefined || Date.parse(from) <= Date.parse(to);

/** The problem of a list query whose period ends before it begins. */
export const NOT_A_PERIOD = { path: ['date_to'], error: 'must not be before date_from' };
