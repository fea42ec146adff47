import { describe, expect, it } from 'vitest';
import { systemClock } from '@sallyport/context';
import type { SecretInput } from './commands/index.js';
import { SecretFirst } from './secret-first.js';

function reader(isRun: boolean, secret: SecretInput = 'first-line') {
  const passed: Buffer[] = [];
  let withheld = 0;
  let wait: (() => void) | undefined;
  const clock = { ...systemClock, timeout: (_: number, call: () => void) => ((wait = call), { cancel: () => undefined }) };
  const first = new SecretFirst({
    secret,
    isRun,
    clock,
    pass: (data) => void passed.push(Buffer.from(data)),
    withhold: (data) => void (withheld += data.length),
  });
  return {
    first,
    send: (text: string) => first.input(Buffer.from(text)),
    print: (text: string) => first.output(Buffer.from(text)),
    timeIsUp: () => wait?.(),
    seen: () => [Buffer.concat(passed).toString(), withheld],
  };
}

describe('a password before the input', () => {
  it.each([
    ['before', true],
    ['after', false],
  ])('is withheld if sudo asks for it %s it is sent, with spaces and signs in it', (_, isFirst) => {
    const r = reader(true);
    if (isFirst) r.print('[sudo] password for web: ');
    r.send('my s3cret; ');
    r.send('phrase\nid\n');
    if (!isFirst) r.print('[sudo] password for web: ');
    expect(r.seen()).toEqual(['id\n', 18]);
  });

  it('that nothing asked for is a command if a shell reads it, so that sudo -S hides no command of a user without a password', () => {
    const r = reader(true);
    r.send('/tmp/evil\nid\n');
    expect(r.seen()).toEqual(['', 0]);
    r.first.close();
    expect(r.seen()).toEqual(['/tmp/evil\nid\n', 0]);
  });

  it('that is one plain token is withheld if no shell reads it', () => {
    const r = reader(false);
    r.send('hunter2\nid\n');
    r.timeIsUp();
    expect(r.seen()).toEqual(['id\n', 8]);
  });

  it('cannot be a command line that nothing asked for', () => {
    const r = reader(false);
    r.send('rm -rf x\nid\n');
    r.timeIsUp();
    expect(r.seen()).toEqual(['rm -rf x\nid\n', 0]);
  });

  it('cannot be longer than a password', () => {
    const r = reader(true);
    r.print('password: ');
    r.send(`${'x'.repeat(300)}\n`);
    expect(r.seen()).toEqual([`${'x'.repeat(300)}\n`, 0]);
  });

  it('is all the input of a program that reads only passwords', () => {
    const r = reader(false, 'all');
    r.send('web:s3cret\n');
    r.timeIsUp();
    r.send('db:s3cret\n');
    r.first.close();
    expect(r.seen()).toEqual(['', 21]);
  });

  it('does not keep much input waiting', () => {
    const r = reader(false);
    r.send('hunter2\n');
    r.send('x'.repeat(300_000));
    expect(r.seen()[1]).toBe(8);
  });
});
