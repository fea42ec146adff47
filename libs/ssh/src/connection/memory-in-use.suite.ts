/** For tests: memory as it is once everything that is free is known to be free. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Memory after the collector ran, and had time to sweep: freed buffers are counted until then. */
export async function memoryInUse(): Promise<NodeJS.MemoryUsage> {
  for (let round = 0; round < 4; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage();
}

/** Bytes that are still in use, on the heap and beside it. */
export async function usedBytes(): Promise<number> {
  const { arrayBuffers, heapUsed } = await memoryInUse();
  return arrayBuffers + heapUsed;
}
