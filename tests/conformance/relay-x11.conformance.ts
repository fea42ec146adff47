import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, RelaySetup } from './relay/relay-setup.ts';
import { startXServer, type XServer } from './x-server.ts';

let setup: RelaySetup;
let x: XServer;

beforeAll(async () => {
  [setup, x] = await Promise.all([RelaySetup.create(), startXServer()]);
});
afterAll(async () => {
  await x.stop();
  await setup.close();
});

const onAsset = async (flags: readonly string[], command: string) => {
  const { status, stdout, stderr } = await setup.ssh('relay', [...flags, HOST, command], { env: x.env });
  return { status, stdout: stdout.toString(), stderr };
};

describe("an X client at the asset uses the user's X server", () => {
  it('and shows no other output', async () => {
    await onAsset(['-Y'], 'true'); // at its first run, xauth reports that it creates its file
    const { status, stdout, stderr } = await onAsset(['-Y'], 'echo on $DISPLAY; xdpyinfo');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^on (localhost|127\.0\.0\.1):1\d/);
    expect(stdout).toContain('dimensions:    640x480 pixels');
  });

  it('with the same result as without the relay, also for concurrent programs', async () => {
    const all = 'for i in 1 2 3 4 5 6; do xdpyinfo > out.$i & done; wait; cat out.*; rm out.*';
    const [direct, relay] = [await setup.ssh('direct', ['-Y', HOST, 'xdpyinfo'], { env: x.env }), await onAsset(['-Y'], all)];
    // The asset chooses the number of the display.
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

  it('is required: a program with another one is refused', async () => {
    const { status, stderr } = await onAsset(['-Y'], `xauth -q -f other add $DISPLAY . ${'0'.repeat(32)}; XAUTHORITY=other xdpyinfo`);
    expect([status, stderr]).toEqual([1, expect.stringContaining('unable to open display')]);
  });
});

describe('without a request for X11 forwarding', () => {
  it('no display is available', async () => {
    expect((await onAsset(['-x'], 'echo ${DISPLAY:-none}')).stdout).toBe('none\n');
  });
});
