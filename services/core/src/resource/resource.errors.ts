import { AppError, type ErrorFacts, type ErrorKind } from '@sallyport/errors';

/** An error that every resource has, under the resource's own code. */
class ResourceError extends AppError {
  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    facts: ErrorFacts,
  ) {
    super(message, facts);
  }
}

/** `code` begins the codes ("ASSET" → ASSET_NOT_FOUND); `noun` stands in messages; `fact` names the id, the noun in snake_case where absent. */
export interface ResourceNoun {
  readonly code: string;
  readonly noun: string;
  readonly fact?: string;
}

/** Rows that an error message names. */
const MAX_NAMED = 10;

/** Returns the factories of the errors that every resource has. docs/errors.md is made from the calls. */
export const resourceErrors = ({ code, noun, fact = noun.replaceAll(/[ -]/g, '_').toLowerCase() }: ResourceNoun) => ({
  notFound: (id: string): AppError =>
    new ResourceError(`${code}_NOT_FOUND`, 'not_found', `${capitalized(noun)} "${id}" was not found`, { [fact]: id }),
  nameTaken: (name: string): AppError =>
    new ResourceError(`${code}_NAME_TAKEN`, 'conflict', `There is ${withArticle(noun)} "${name}" already`, { name }),
  inUse: (name: string, users: readonly string[]): AppError =>
    new ResourceError(`${code}_IN_USE`, 'conflict', `${capitalized(noun)} "${name}" is in use by ${named(users)}: remove it there first`, {
      name,
      count: users.length,
    }),
});

/** The row was changed since the client read it. */
export class VersionStale extends AppError {
  readonly code = 'VERSION_STALE';
  readonly kind = 'stale';
  constructor(sent: string, current: string) {
    super(`The row was changed since it was read: If-Match has ${sent}, its ETag is ${current} now. Read it again and repeat the change.`, {
      sent,
      current,
    });
  }
}

const capitalized = (noun: string): string => noun.charAt(0).toUpperCase() + noun.slice(1);
const withArticle = (noun: string): string => `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`;
const named = (texts: readonly string[]): string =>
  texts.slice(0, MAX_NAMED).join(', ') + (texts.length > MAX_NAMED ? ` and ${texts.length - MAX_NAMED} more` : '');
