import path from 'node:path';
import { requireTool, spawnInPty } from '@sallyport/backing';

/** Plays a file with stock asciinema, on the terminal that it requires. Returns its exit code and output. */
export async function playInTerminal(cast: string): Promise<{ code: number; shown: string }> {
  const asciinema = requireTool('asciinema', 'install the package asciinema');
  const terminal = spawnInPty([asciinema, 'play', '-s', '50', '-i', '0.1', cast], {
    env: { PATH: process.env['PATH'] ?? '', HOME: path.dirname(cast), LC_ALL: 'C.UTF-8' },
  });
  let shown = '';
  terminal.output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  return { code: await terminal.exited, shown };
}
