import { readPublicKeys } from './named-keys.js';
import { readSessionList, type ListedSession } from './session-list.js';
import { CannotVerify } from './verify.errors.js';

/** Options of `sallyport verify` about the list of sessions. */
export interface ListOptions {
  readonly against?: string;
  readonly auditKey?: string[];
  readonly incompleteList?: true;
}

/** The sessions to compare with, and what to print before and after the findings. */
export interface NamedList {
  readonly sessions: ReadonlyMap<string, ListedSession>;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Reads the list that the options name. Throws CannotVerify for one that does not prove that it is whole, unless --incomplete-list allows that. */
export async function readNamedList(options: ListOptions): Promise<NamedList | undefined> {
  const { against: file, auditKey = [], incompleteList } = options;
  if (file === undefined) return undefined;
  const { sessions, end } = await readSessionList(file, readPublicKeys(auditKey));
  if ('facts' in end) return { sessions, before: end.facts, after: [] };
  if (!incompleteList) throw new CannotVerify(`the list of sessions "${file}" is refused: ${end.problem}`);
  const warning = `WARNING the list of sessions proves nothing about sessions that it lacks: ${end.problem}`;
  return { sessions, before: [warning], after: [warning] };
}
