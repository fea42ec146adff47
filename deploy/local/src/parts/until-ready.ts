import { waitUntil } from '@sallyport/backing';
import { SERVICES } from '../data/secrets.js';
import { ServicesNotReady } from '../local.errors.js';
import type { DataFolder } from '../data/data-folder.js';
import type { Ports } from './ports.js';

const DEADLINE_MS = 120_000;

/**
 * Waits until every service reports that all its dependencies work.
 * @throws ServicesNotReady with the reports of the others
 */
export async function untilReady(ports: Ports, data: DataFolder): Promise<void> {
  let answers: string[] = [];
  const ready = await waitUntil(
    async () => {
      answers = (await Promise.all(SERVICES.map((name) => problemOf(name, ports[`${name}Health`])))).filter((line) => line !== '');
      return answers.length === 0;
    },
    DEADLINE_MS,
    200,
  );
  if (!ready) throw new ServicesNotReady(answers, data.in('log'));
}

/** Returns what a service lacks, or "". */
async function problemOf(name: string, port: number): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(3000) });
    return answer.ok ? '' : `${name}: ${await answer.text()}`;
  } catch (error) {
    return `${name}: ${(error as Error).message}`;
  }
}
