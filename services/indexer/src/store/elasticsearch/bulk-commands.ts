import type { Client, estypes } from '@elastic/elasticsearch';
import type { AppError } from '@sallyport/errors';
import type { Command } from '../command.js';
import { CommandRefused, StoreUnavailable } from '../store.errors.js';
import { documentFromCommand } from './document-fields.js';
import { indexFor } from './index-template.js';

/** Target size of a request, in characters; Elasticsearch accepts 100 MB. */
const BULK_CHARACTERS = 4 * 1024 * 1024;

/** The indices to write to. */
export interface BulkTarget {
  readonly client: Client;
  readonly alias: string;
  /** Address for error messages. */
  readonly location: string;
}

/** Writes commands by id; returns the errors of the refused ones. Throws if the request fails as a whole. */
export async function bulkCommands(target: BulkTarget, commands: readonly Command[]): Promise<ReadonlyMap<string, AppError>> {
  const failures = new Map<string, AppError>();
  for (const part of inParts(commands)) {
    const operations = part.flatMap((command) => [
      { create: { _index: indexFor(target.alias, command), _id: command.id } },
      documentFromCommand(command),
    ]);
    const { errors, items } = await target.client.bulk({ operations });
    if (!errors) continue;
    for (const { create } of items) {
      const failure = create && failureOf(create, target.location);
      if (failure) failures.set(create._id ?? '', failure);
    }
  }
  return failures;
}

/** Splits commands into consecutive parts, each of at least one command. */
function* inParts(commands: readonly Command[]): Generator<Command[]> {
  let part: Command[] = [];
  let characters = 0;
  for (const command of commands) {
    const more = command.input.length + command.output.length;
    if (part.length > 0 && characters + more > BULK_CHARACTERS) {
      yield part;
      [part, characters] = [[], 0];
    }
    part.push(command);
    characters += more;
  }
  if (part.length > 0) yield part;
}

/** Errors about the document. Others (a full disk, too many shards, missing rights) pass some day, so the command must wait. */
const ABOUT_THE_DOCUMENT: readonly string[] = [
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
  'max_bytes_length_exceeded_exception',
];
const ALREADY_THERE = 409;

function failureOf({ _id, status, error }: estypes.BulkResponseItem, location: string): AppError | undefined {
  if (!error || status === ALREADY_THERE) return undefined;
  const problem = `${error.type}: ${error.reason ?? 'no reason given'}`;
  const isRefused = status === 400 && [error.type, error.caused_by?.type ?? ''].some((type) => ABOUT_THE_DOCUMENT.includes(type));
  return isRefused ? new CommandRefused(_id ?? '', problem) : new StoreUnavailable(location, `it answered ${status}, ${problem}`);
}
