import { DEPENDENCIES, type Problems } from '../messages.js';
import type { DataChild } from './data-child.js';

const NONE_SERVES: Problems = Object.fromEntries(DEPENDENCIES.map((name) => [name, 'no data process serves']));

/** The facts about data processes that health is computed from. */
export interface ProcessesInView {
  readonly crypto: string | undefined;
  readonly slots: readonly { readonly name: string; readonly child: Pick<DataChild, 'crypto' | 'report' | 'pid' | 'order'> | undefined }[];
}

/** Returns the health checks of the gateway. They report the problems of the data process with the fewest, since that one can serve. */
export function fleetChecks(fleet: ProcessesInView): Record<string, () => void> {
  const check = (name: (typeof DEPENDENCIES)[number]) => (): void => {
    const problem = leastProblems(fleet)[name];
    if (problem) throw new Error(problem);
  };
  return Object.fromEntries(DEPENDENCIES.map((name) => [name, check(name)]));
}

/** Returns the facts about each data process, for operators. */
export function fleetFacts(fleet: ProcessesInView): Record<string, unknown> {
  return { crypto: fleet.crypto, processes: fleet.slots.map(factsOf) };
}

function leastProblems(fleet: ProcessesInView): Problems {
  const each = fleet.slots.flatMap(({ child }) => (child?.crypto !== undefined && child.report ? [child.report.problems] : []));
  return each.sort((one, other) => count(one) - count(other))[0] ?? NONE_SERVES;
}

const count = (problems: Problems): number => Object.values(problems).filter((problem) => problem !== undefined).length;

function factsOf({ name, child }: ProcessesInView['slots'][number]): Record<string, unknown> {
  if (!child) return { process: name, state: 'died; a new one is about to start' };
  const { pid, report, order } = child;
  return { process: name, gateway: order.gatewayId, pid, state: child.crypto === undefined ? 'starting' : 'serving', ...report };
}
