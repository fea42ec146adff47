import { eventRegistry, type StreamKind } from './events.js';

/** Stream of each kind. */
export const STREAM = { facts: 'SALLYPORT_EVENTS', work: 'SALLYPORT_WORK' } as const satisfies Record<StreamKind, string>;
/** Stream of the messages that failed for good. */
export const DEAD_STREAM = 'SALLYPORT_DEAD';
/** Subject prefix of dead letters. */
export const DEAD_PREFIX = 'sallyport.dead.';

/** Returns the subject of the dead letters of an event type. */
export function deadSubject(subject: string): string {
  return DEAD_PREFIX + subject.replace(/^sallyport\./, '');
}

/** Returns the subjects of a stream: one wildcard per domain, e.g. `sallyport.session.*.v1`. */
export function subjectsOf(kind: StreamKind): string[] {
  const domains = eventRegistry.filter((event) => event.stream === kind).map((event) => event.subject.split('.')[1]);
  return [...new Set(domains)].map((domain) => `sallyport.${domain}.*.v1`);
}
