import { describe, expect, it } from 'vitest';
import { SshReader, SshWriter } from '../ssh/index.js';
import { readPtyRequest, readVariable } from './terminal-request.js';

const MODES = Buffer.from([53, 0, 0, 0, 1, 0]);
const ptyRequest = (term: string | Buffer, sizes: readonly number[], modes = MODES): Buffer => {
  const writer = new SshWriter().writeString(term);
  for (const size of sizes) writer.writeUint32(size);
  return writer.writeString(modes).finish();
};
const variable = (name: string, value: string | Buffer): Buffer => new SshWriter().writeString(name).writeString(value).finish();

describe('a terminal', () => {
  it('reaches the asset as the client sent it', () => {
    const payload = ptyRequest('xterm-256color', [80, 0, 640, 480]);
    expect(readPtyRequest(payload)).toEqual({
      term: 'xterm-256color',
      cols: 80,
      rows: 24,
      width_px: 640,
      height_px: 480,
      isEchoOff: false,
      payload,
    });
  });

  it.each([
    ['ECHO of 0', [53, 0, 0, 0, 0, 0], true],
    ['ECHO of 1', [53, 0, 0, 0, 1, 0], false],
    ['an ECHO of 0 behind one of 1', [53, 0, 0, 0, 1, 53, 0, 0, 0, 0, 0], true],
    ['an ECHO of 0 behind other modes', [128, 0, 0, 150, 0, 53, 0, 0, 0, 0], true],
    ['an ECHO behind the end of the modes', [0, 53, 0, 0, 0, 0], false],
    ['no mode', [], false],
    ['half a mode', [53, 0], false],
  ])('with %s is known to be without echo: %s', (_, modes, isEchoOff) => {
    expect(readPtyRequest(ptyRequest('xterm', [80, 24, 0, 0], Buffer.from(modes)))).toMatchObject({ isEchoOff });
  });

  it.each([
    ['a command behind the 256th character', `${'x'.repeat(300)};touch /tmp/evil`],
    ['bytes that are not UTF-8', Buffer.from('xterm\xff\xfe', 'latin1')],
  ])('whose TERM has %s reaches the asset with the TERM that is recorded', (_, sent) => {
    const { term, payload } = readPtyRequest(ptyRequest(sent, [80, 24, 0, 0]));
    expect(new SshReader(payload).readString().toString('utf8')).toBe(term);
    expect(term.length).toBeLessThanOrEqual(256);
    expect(payload.subarray(-MODES.length)).toEqual(MODES);
  });
});

it.each([
  ['a value of more than 4096 characters', variable('LC_X', 'x'.repeat(4097))],
  ['bytes that are not UTF-8', variable('LC_X', Buffer.from([0xff]))],
])('a variable with %s does not reach the asset, since it cannot be recorded', (_, payload) => {
  expect(readVariable(payload)).toBeUndefined();
});
