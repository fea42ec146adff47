import { describe, expect, it } from 'vitest';
import { targetAmbiguous, targetNotGranted } from './refusal.js';

describe('refusals', () => {
  it('quote what was typed and nothing else', () => {
    expect(targetNotGranted({ asset: 'web-1', account: '' }).message).toBe('There is no asset "web-1" that you may use.');
    expect(targetNotGranted({ asset: 'web-1', account: 'root' }).message).toBe(
      'There is no account "root" on an asset "web-1" that you may use.',
    );
  });

  it('send no control sequences back to the terminal, whatever was typed', () => {
    expect(targetNotGranted({ asset: '\u001b]0;x\u0007\u202e', account: '\r\n' }).message).toBe(
      'There is no account "\uFFFD\uFFFD" on an asset "\uFFFD]0;x\uFFFD\uFFFD" that you may use.',
    );
    expect(targetAmbiguous('\u001b[2J', ['a', 'b']).message).toBe('Several assets match "\uFFFD[2J": a, b. Use one of these names.');
  });

  it('stay short', () => {
    expect(targetNotGranted({ asset: 'x'.repeat(10_000), account: '' }).message.length).toBeLessThan(400);
  });
});
