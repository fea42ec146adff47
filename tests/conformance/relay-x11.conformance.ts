import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, RelayStage } from './relay/relay-stage.ts';
import { startXServer, type XServer } from './x-server.ts';

let stage: RelayStage;
let x: XServer;

beforeAll(async () => {
  [stage, x] = await Promise.all([RelayStage.set(), startXServer()]);
});
afterAll(async () => {
  await x.stop();
  await stage.clear();
});

const onAsset = async (flags: readonly string[], command: string) => {
  const { status, stdout, stderr } = await stage.ssh('relay', [...flags, HOST, command], { env: x.env });
  return { status, stdout: stdout.toString(), stderr };
};

describe("an X client at the asset draws on the user's X server", () => {
  it('and prints nothing else', async () => {
    await onAsset(['-Y'], 'true'); // the first time xauth says that it makes its file
    const { status, stdout, stderr } = await onAsset(['-Y'], 'echo on $DISPLAY; xdpyinfo');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^on (localhost|127\.0\.0\.1):1\d/);
    expect(stdout).toContain('dimensions:    640x480 pixels');
  });

  it('the same answer as without the relay, and from several programs at once', async () => {
    const all = 'for i in 1 2 3 4 5 6; do xdpyinfo > out.$i & done; wait; cat out.*; rm out.*';
    const [direct, relay] = [await stage.ssh('direct', ['-Y', HOST, 'xdpyinfo'], { env: x.env }), await onAsset(['-Y'], all)];
    // The number of the display is the asset's to choose.
    const plain = (text: string): string => text.replace(/^name of display:.*$/gm, '');
    expect(plain(relay.stdout)).toBe(plain(direct.stdout.toString()).repeat(6));
  });
});

describe('the cookie', () => {
  it("that the asset sees is not the X server's own", async () => {
    const { stdout } = await onAsset(['-Y'], 'xauth list $DISPLAY');
    expect(stdout).toMatch(/MIT-MAGIC-COOKIE-1 {2}[0-9a-f]{32}/);
    expect(stdout).not.toContain(x.cookie);
  });

  it('is needed: a program that has another one is not let in', async () => {
    const { status, stderr } = await onAsset(['-Y'], `xauth -q -f other add $DISPLAY . ${'0'.repeat(32)}; XAUTHORITY=other xdpyinfo`);
    expect([status, stderr]).toEqual([1, expect.stringContaining('unable to open display')]);
  });
});

describe('without being asked for', () => {
  it('there is no display', async () => {
    expect((await onAsset(['-x'], 'echo ${DISPLAY:-none}')).stdout).toBe('none\n');
  });
});
