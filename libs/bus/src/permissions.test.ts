import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { authorizationConf, permissions } from './permissions.js';
import { OPERATOR, SERVICES } from './services.js';

const CONF = new URL('../../../deploy/nats/permissions.conf', import.meta.url);

test('the permissions file of a NATS server is up to date: "npm run gen" writes it', () => {
  expect(readFileSync(CONF, 'utf8')).toContain(authorizationConf());
});

test('an identity without subjects to publish is denied all: the server reads an empty list as "everything"', () => {
  expect(authorizationConf({ reader: { publish: [], subscribe: ['a'] } })).toContain('publish: { deny: ">" }');
});

test('a service has neither a wildcard over events nor a subject that changes streams or consumers', () => {
  for (const service of SERVICES) {
    const { publish, subscribe } = permissions[service];
    for (const subject of publish) {
      expect(subject).not.toMatch(/^\$JS\.API\.(?!CONSUMER\.(INFO|MSG\.NEXT)\.[A-Z_]+\.[a-z-]+$)/);
      expect(subject).not.toMatch(/^(?!\$JS\.ACK\.).*>/);
    }
    for (const subject of subscribe) expect(subject).toMatch(/^(_INBOX_[a-z]+\.>|sallyport\.control\.gateway\.\*)$/);
  }
});

test('every event is published by one identity, and every reply is read by one', () => {
  const everything = [...SERVICES, OPERATOR].flatMap((identity) => [
    ...permissions[identity].publish.map((subject) => `publish ${subject}`),
    ...permissions[identity].subscribe.map((subject) => `subscribe ${subject}`),
  ]);
  expect(new Set(everything).size).toBe(everything.length);
});
