import type { Clock } from '@sallyport/context';
import type { LoadReport } from '../messages.js';
import { LoopBlocks } from './loop-blocks.js';

const EVERY_MS = 250;

/** Reports the load of this process several times a second. Silence means that its event loop does not turn. */
export function reportLoad(
  clock: Clock,
  read: () => Omit<LoadReport, 'utilisation' | 'loopBlocks'>,
  send: (report: LoadReport) => void,
): void {
  const blocks = new LoopBlocks();
  clock.interval(EVERY_MS, () => {
    const utilisation = blocks.look();
    send({ ...read(), loopBlocks: blocks.count, utilisation });
  });
}
