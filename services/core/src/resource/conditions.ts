import { isUuid } from '@sallyport/context';
import { canonicalAddress } from '../platform/canonical-address.js';
import type { Condition } from './list-plan.js';

/** Returns a filter that compares texts without their case. */
export const ignoringCase =
  (column: `${string}.${string}`) =>
  (text: string): Condition => {
    const name = parameterOf(column);
    return { sql: `lower(${column}) = lower(:${name})`, parameters: { [name]: text } };
  };

/** Returns a filter for an address in any spelling. `column` holds canonical ones, in lower case. */
export const atAddress =
  (column: string) =>
  (address: string): Condition => ({ sql: `${column} = lower(:address)`, parameters: { address: canonicalAddress(address) } });

/** Returns a filter for times at or after the value, ISO 8601. */
export const since =
  (column: `${string}.${string}`) =>
  (time: string): Condition => ({ sql: `${column} >= :since`, parameters: { since: new Date(time) } });

/** Returns a filter for times before the value, ISO 8601. */
export const before =
  (column: `${string}.${string}`) =>
  (time: string): Condition => ({ sql: `${column} < :before`, parameters: { before: new Date(time) } });

/** Returns a filter for a name, without its case as logins take it, or an id. Only a UUID is compared with the id, so that the index of ids is of use. */
export const nameOrId =
  (name: `${string}.${string}`, id: `${string}.${string}`) =>
  (text: string): Condition => {
    const parameter = parameterOf(name);
    const isName = `lower(${name}) = lower(:${parameter})`;
    return {
      sql: isUuid(text) ? `${isName} OR ${id} = :${parameter}_id` : isName,
      parameters: { [parameter]: text, [`${parameter}_id`]: text },
    };
  };

const parameterOf = (column: string): string => column.replace('.', '_');
