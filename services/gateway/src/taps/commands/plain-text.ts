import { stripVTControlCharacters } from 'node:util';

/** Returns text without control characters except tab and line feed, for searches. */
// eslint-disable-next-line no-control-regex -- taking control characters out is what it is for
export const withoutControls = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');

/** Returns output as text for searches; empty if it is not text (an archive, a protocol). */
export function outputText(bytes: Buffer): string {
  if (bytes.includes(0)) return '';
  const text = bytes.toString('utf8');
  const broken = text.split('\ufffd').length - 1;
  if (broken > 4 + text.length / 20) return '';
  return withoutControls(stripVTControlCharacters(text).replaceAll('\r\n', '\n'));
}

/** Returns true if a tenth of the decoded bytes is not text: NUL, other control characters, invalid UTF-8. A few such bytes are allowed: shells skip them. */
export function isBinary(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- counting control characters is what it is for
  const strange = text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f\ufffd]/g)?.length ?? 0;
  return strange > 2 + text.length / 10;
}

/** Returns runs of `shortest` and more printable characters, as strings(1) finds them. NULs are skipped, as shells do. */
export const readableParts = (bytes: Buffer, shortest = 4): string[] =>
  bytes
    .toString('latin1')
    .replaceAll('\0', '')
    .match(/[\t\x20-\x7e]{4,}/g)
    ?.filter((part) => part.length >= shortest) ?? [];
