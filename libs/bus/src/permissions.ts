import { consumerRegistry } from './consumers.js';
import { CONTROL_PREFIX } from './control.js';
import { eventRegistry } from './events.js';
import { inboxPrefix } from './identity.js';
import { OPERATOR, type ServiceName } from './services.js';
import { deadSubject, STREAM } from './streams.js';

/** The subjects that one identity may publish to and subscribe to. Every other subject is denied. */
export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Subjects of one gateway's orders each. */
const CONTROL = `${CONTROL_PREFIX}*`;
/** The JetStream API: streams, consumers, stored messages. */
const JETSTREAM_API = '$JS.API.>';

/** Permissions of every identity. A service has its own events, its own consumers and their dead letters, and nothing else of JetStream. */
export const permissions: Readonly<Record<ServiceName | typeof OPERATOR, Permissions>> = {
  core: { publish: [...ownEvents('core'), ...consuming('core'), CONTROL], subscribe: [inbox('core')] },
  // Makes no request, so it needs no inbox.
  gateway: { publish: [], subscribe: [CONTROL] },
  recorder: { publish: [...ownEvents('recorder'), ...consuming('recorder')], subscribe: [inbox('recorder')] },
  indexer: { publish: consuming('indexer'), subscribe: [inbox('indexer')] },
  worker: { publish: consuming('worker'), subscribe: [inbox('worker')] },
  // Creates streams and consumers and reads dead letters. Its key is as powerful as all others: a stream's settings can redirect messages.
  [OPERATOR]: { publish: [JETSTREAM_API], subscribe: [inbox(OPERATOR)] },
};

function ownEvents(service: ServiceName): string[] {
  return eventRegistry.filter(({ owner }) => owner === service).map(({ subject }) => subject);
}

/** Returns the subjects that fetch from a service's consumers, acknowledge their messages and publish their dead letters. */
function consuming(service: ServiceName): string[] {
  return consumerRegistry
    .filter((consumer) => consumer.service === service)
    .flatMap(({ name, event }) => {
      const place = `${STREAM[event.stream]}.${name}`;
      return [`$JS.API.CONSUMER.INFO.${place}`, `$JS.API.CONSUMER.MSG.NEXT.${place}`, `$JS.ACK.${place}.>`, deadSubject(event.subject)];
    });
}

/** Returns the subject of the replies that an identity receives. It is not shared, so that no other identity can read them. */
function inbox(identity: string): string {
  return `${inboxPrefix(identity)}.>`;
}

/**
 * Returns the `authorization` block of a NATS server's configuration. Users have no passwords: `verify_and_map` in the server's `tls` block
 * makes a DNS name of the client's certificate the user.
 */
export function authorizationConf(table: Readonly<Record<string, Permissions>> = permissions): string {
  const users = Object.entries(table).flatMap(([user, { publish, subscribe }]) => [
    '    {',
    `      user: ${JSON.stringify(user)}`,
    '      permissions: {',
    ...listConf('publish', publish),
    ...listConf('subscribe', subscribe),
    '      }',
    '    }',
  ]);
  return ['authorization {', '  timeout: 15', '  users: [', ...users, '  ]', '}', ''].join('\n');
}

/** Returns the lines of one list. The server reads an empty `allow` as "everything", so an empty list denies everything by name. */
function listConf(verb: string, subjects: readonly string[]): string[] {
  if (subjects.length === 0) return [`        ${verb}: { deny: ">" }`];
  return [`        ${verb}: { allow: [`, ...subjects.map((subject) => `          ${JSON.stringify(subject)}`), '        ] }'];
}
