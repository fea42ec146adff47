import { Body, Param, Query, type PipeTransform } from '@nestjs/common';
import { Id } from '@sallyport/contracts';
import { printableLine } from '@sallyport/context';
import { z } from 'zod';
import { InvalidRequest } from './http.errors.js';

/** Most problems that one answer names. */
const MAX_PROBLEMS = 20;

/** Most unknown fields that one answer names, and the longest name. */
const MAX_NAMES = 5;
const MAX_NAME = 40;

/** Reads one part of a request by its schema. Answers name every problem, and quote values only where a secret can't be. */
class ZodPipe<T> implements PipeTransform<unknown, T> {
  constructor(
    private readonly schema: z.ZodType<T>,
    private readonly part: string,
  ) {}

  transform(value: unknown): T {
    const result = this.schema.safeParse(value ?? {});
    if (result.success) return result.data;
    throw invalidRequest(this.part, result.error.issues);
  }
}

function invalidRequest(part: string, issues: readonly z.core.$ZodIssue[]): InvalidRequest {
  const problems = issues.slice(0, MAX_PROBLEMS).map((issue) => [fieldOf(part, issue), wordsOf(part, issue)] as const);
  const text = problems.map(([field, words]) => `${field} ${words}`).join('; ');
  return new InvalidRequest(`The ${part} is not valid: ${text}`, Object.fromEntries(problems));
}

const fieldOf = (part: string, issue: z.core.$ZodIssue): string => (issue.path.length > 0 ? issue.path.join('.') : part);

/** Returns the message of an issue: zod's own, except where it is unclear. */
function wordsOf(part: string, issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (part === 'query' && issue.message.endsWith('received array')) return 'must be given once';
      return issue.input === undefined && issue.message.includes('undefined') ? 'is missing' : lowerFirst(issue.message);
    case 'unrecognized_keys':
      return `holds unknown fields: ${namesOf(issue.keys)}`;
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return boundWords(issue, `at least ${issue.minimum}`);
    case 'too_big':
      return boundWords(issue, `at most ${issue.maximum}`);
    default:
      return lowerFirst(issue.message);
  }
}

/** Returns the message of a violated bound. A number's bound is worded here; a text keeps the schema's own message. */
function boundWords({ origin, message }: { origin: string; message: string }, bound: string): string {
  if (origin === 'number' || origin === 'int') return `must be ${bound}`;
  return origin === 'string' && message.startsWith('Too ') ? `must have ${bound} characters` : lowerFirst(message);
}

/** Returns the first of the names that a client made up, each cut, and the number of the others. */
function namesOf(keys: readonly string[]): string {
  const names = keys.slice(0, MAX_NAMES).map((key) => printableLine(key, MAX_NAME));
  const rest = keys.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const BODY = Symbol('body schema');
export const QUERY = Symbol('query schema');

/** Reads the body by a schema; the OpenAPI document shows it. */
export const ZodBody = (schema: z.ZodType): ParameterDecorator => withSchema(BODY, schema, Body(new ZodPipe(schema, 'body')));

/** Reads the query by a schema; the OpenAPI document shows its fields. */
export const ZodQuery = (schema: z.ZodType): ParameterDecorator => withSchema(QUERY, schema, Query(new ZodPipe(schema, 'query')));

/** Reads an id in the path. */
export const IdParam = (name = 'id'): ParameterDecorator => Param(name, new ZodPipe(Id, `id in the path`));

function withSchema(key: symbol, schema: z.ZodType, decorate: ParameterDecorator): ParameterDecorator {
  return (target, method, index) => {
    if (method === undefined) throw new Error('request schemas are for methods, not constructors');
    Reflect.defineMetadata(key, schema, target, method);
    decorate(target, method, index);
  };
}
