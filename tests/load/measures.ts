import { measureAnsible } from './ansible.ts';
import { measureScp, measureStream, type BulkPlan } from './bulk.ts';
import { printFigures } from './figures.ts';
import { measureIdleSessions, type Gate } from './idle-sessions.ts';
import { measureKeystroke, NEIGHBOURS } from './keystroke.ts';
import { measureLogin, measureLoginRate } from './login.ts';
import { measureUnfairNeighbours, type AttackedPath } from './unfair-neighbour.ts';
import { measureInterleaved, type Measure, type PathName } from './rounds.ts';

/** Sizes of a benchmark run. */
export interface Extent {
  readonly rounds: number;
  readonly keys: number;
  readonly logins: number;
  readonly idleSessions: number;
  /** Names of groups to measure; all when empty. */
  readonly only: readonly string[];
}

/** The paths that are compared. */
export interface Subject {
  /** `direct`, `jump` and the gateway that every row is about. */
  readonly paths: readonly PathName[];
  /** More gateways, for the rows of bulk only. */
  readonly bulkPaths: readonly PathName[];
  readonly bulk: BulkPlan;
  readonly gate: Gate;
  /** The jump host's sshd. */
  readonly jump: AttackedPath;
}

async function showIdleSessions(gate: Gate, count: number): Promise<void> {
  const show = (name: string, kib: number): void => console.log(`RSS per idle session${name}: ${kib.toFixed(0)} KiB (${count} sessions)`);
  show('', await measureIdleSessions(gate, count, 'sleep'));
  show(' with a shell at its prompt', await measureIdleSessions(gate, count, 'shell'));
}

/** Measures and prints every row, group by group. */
export async function measureAll({ paths, bulkPaths, bulk, gate, jump }: Subject, extent: Extent): Promise<void> {
  const { client, spending } = bulk;
  const isWanted = (group: string): boolean => extent.only.length === 0 || extent.only.includes(group);
  const show = async (group: string, unit: string, rounds: number, measure: Measure, among = paths): Promise<void> => {
    if (!isWanted(group)) return;
    printFigures(unit, await measureInterleaved(among, rounds, measure));
  };
  // Memory comes first, in a fresh gateway: memory that bulk transfers have freed would hide the cost of sessions.
  if (isWanted('idle')) await showIdleSessions(gate, extent.idleSessions);
  await show('login', '', extent.rounds * 4, measureLogin(client));
  await show('rate', '', extent.rounds, measureLoginRate(client, spending, extent.logins, 8));
  await show('bulk', '', extent.rounds, measureStream(bulk), [...paths, ...bulkPaths]);
  await show('scp', '', extent.rounds, measureScp(bulk), [...paths, ...bulkPaths]);
  for (const neighbour of NEIGHBOURS) await show('key', 'µs', extent.rounds, measureKeystroke(client, extent.keys, neighbour));
  // The checkout does not contain Ansible: this row is asked for by name.
  if (extent.only.includes('ansible')) await show('ansible', 's', extent.rounds, measureAnsible(client));
  if (isWanted('unfair')) await measureUnfairNeighbours(client, { gate, jump }, extent.keys, extent.rounds);
}
