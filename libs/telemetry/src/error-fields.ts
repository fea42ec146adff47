import { pino } from 'pino';

const MAX_MESSAGE = 1000;
const MAX_STACK = 2000;
/** Bounds of the other fields of an error: SQL state and text of a statement, for example. */
const MAX_TEXT = 300;
const MAX_FIELDS = 8;

/**
 * Returns the fields of an error that are logged: type, message and stack with those of its causes, and its own plain fields, all cut. Lists
 * and objects are left out: the parameters of an SQL statement may contain secrets and have no bound.
 */
export function errorFields(error: Error): Record<string, unknown> {
  const { type, message, stack, raw: _, ...rest } = pino.stdSerializers.err(error);
  const plain = Object.entries(rest).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return {
    type,
    message: cut(message, MAX_MESSAGE),
    ...Object.fromEntries(plain.slice(0, MAX_FIELDS).map(([name, value]) => [name, cut(value, MAX_TEXT)])),
    stack: cut(stack, MAX_STACK),
  };
}

const cut = (value: unknown, maxChars: number): unknown =>
  typeof value === 'string' && value.length > maxChars ? `${value.slice(0, maxChars)}…` : value;
