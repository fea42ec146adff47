import { expect, it } from 'vitest';
import { readMenuCommand } from './menu-command.js';

it.each([
  ['', { kind: 'show' }],
  ['  H ', { kind: 'help' }],
  ['quit', { kind: 'quit' }],
  ['n', { kind: 'next' }],
  ['/web 1', { kind: 'search', text: 'web 1' }],
  ['/', { kind: 'search', text: '' }],
  ['12', { kind: 'row', number: 12 }],
  ['10.0.0.1', { kind: 'name', text: '10.0.0.1' }],
  ['web-1', { kind: 'name', text: 'web-1' }],
])('%j is parsed', (line, command) => {
  expect(readMenuCommand(line)).toEqual(command);
});
