/** For tests: the memory in use after garbage collection. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Returns the memory usage after the collector ran and had time to sweep: freed buffers count until then. */
export async function memoryInUse(): Promise<NodeJS.MemoryUsage> {
  for (let round = 0; round < 4; round += 1) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage();
}

/** Returns the bytes in use, on the heap and in buffers. */
export async function usedBytes(): Promise<number> {
  const { arrayBuffers, heapUsed } = await memoryInUse();
  return arrayBuffers + heapUsed;
}
