import { expect, test } from 'vitest';
import { isNewEnough } from './nats-server.js';

test.each([
  ['nats-server: v2.9.10', false],
  ['nats-server: v2.10.0', true],
  ['nats-server: v2.15.1', true],
  ['nats-server: v3.0.0', true],
  ['nats-server: v1.99.0', false],
  ['something else', false],
])('"%s" is new enough: %s', (line, expected) => expect(isNewEnough(line)).toBe(expected));
