import { statfs } from 'node:fs/promises';
import type { Metrics, Reading } from './metrics.js';

/** Shows the size and the free bytes of the disks that a service writes to. `volumes` are folders by the name of their use. */
export function showDisks(metrics: Metrics, volumes: Readonly<Record<string, string>>): void {
  const read = (blocks: 'blocks' | 'bavail') => (): Promise<Reading<'volume'>[]> =>
    Promise.all(
      Object.entries(volumes).map(async ([volume, folder]) => {
        const disk = await statfs(folder);
        return { labels: { volume }, value: disk[blocks] * disk.bsize };
      }),
    );
  metrics.gauge('disk_free_bytes', 'Bytes that the service may still write to the disk of a volume', ['volume'], read('bavail'));
  metrics.gauge('disk_size_bytes', 'Size of the disk of a volume', ['volume'], read('blocks'));
}
