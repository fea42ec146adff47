import { expect, it } from 'vitest';
import { SecretAnswers } from './secret-answers.js';

type Step = string | { output: string };

/** Sends lines at once, with what the terminal shows between them; returns the lines that may be passwords. */
function hidden(steps: readonly Step[], foreground?: string): string[] {
  const answers = new SecretAnswers(foreground);
  let left = '';
  let isAtOnce = false;
  const doubts = steps.flatMap((step) => {
    if (typeof step !== 'string') {
      answers.output(step.output);
      left = step.output.split('\n').at(-1) ?? '';
      isAtOnce = false;
      return [];
    }
    const piece = { text: step, keys: step, bytes: step.length, at: 0, isCut: false, left, isPrompt: left.endsWith('$ ') };
    const doubt = answers.typed(piece, isAtOnce);
    isAtOnce = true;
    return doubt ? [{ step, doubt }] : [];
  });
  return doubts.filter(({ doubt }) => answers.isSecret(doubt)).map(({ step }) => step);
}
const shows = (output: string): Step => ({ output });

it.each<[string, Step[], string[]]>([
  ['an answer to sudo', [shows('$ '), 'sudo id', shows('\n[sudo] password for a: '), 'pw', shows('\n$ '), 'ls'], ['pw']],
  ['an answer that was typed ahead', [shows('$ '), 'sudo id', 'pw', 'ls', shows('\n[sudo] password for a: \nuid=0\n$ ')], ['pw']],
  [
    'three answers that were typed ahead',
    ['passwd', 'old', 'new', 'new', 'ls', shows('Current password: \nNew password: \nRetype new password: \n$ ')],
    ['old', 'new', 'new'],
  ],
  [
    'answers that were sent together at a question',
    [shows('Current password: '), 'old', 'new', 'new', shows('\nNew password: \nRetype new password: \n$ ')],
    ['old', 'new', 'new'],
  ],
  ['an answer to a question in another language', [shows('$ '), 'su', shows('\nHeslo: '), 'pw'], ['pw']],
  ['a line that read takes without a question', [shows('$ '), 'read -s x', shows('\n'), 'pw', shows('\n$ '), 'ls'], ['pw']],
  ['an answer to a question in words of the user', [shows('$ '), "sudo -p 'pw> ' id", shows('\npw> '), 'pw', shows('\n$ '), 'ls'], ['pw']],
  [
    'an answer to su in a shell whose prompt is its question',
    [shows('$ '), "PS1='Password: '", shows('\nPassword: '), 'su', shows('\nPassword: '), 'pw'],
    ['pw'],
  ],
])('hides %s', (_, steps, expected) => {
  expect(hidden(steps)).toEqual(expected);
});

it('hides the answer to an exec request that asks', () => {
  expect(hidden(['pw', shows('[sudo] password for a: \n')], 'sudo id')).toEqual(['pw']);
});

it.each<[string, Step[]]>([
  ['behind sudo that asks nothing', [shows('$ '), 'sudo -n true', 'evil', shows('\n$ \n$ ')]],
  ['behind many of them', [shows('$ '), 'sudo true', 'evil', 'sudo true', 'evil', 'evil', shows('\n$ \n$ \n$ \n$ ')]],
  [
    'at a prompt that names a password and was set in the clear',
    [shows('$ '), "PS1='Password: '", shows('\nPassword: '), 'evil', shows('\nPassword: '), 'evil'],
  ],
  ['that read takes and eval runs', [shows('$ '), 'read -s x; eval "$x"', shows('\n'), 'evil']],
  ['at an empty prompt', [shows('$ '), "PS1=''", shows('\n'), 'evil', shows('\n'), 'evil']],
])('hides no line %s', (_, steps) => {
  expect(hidden(steps)).toEqual([]);
});
