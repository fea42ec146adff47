// Writes docs/errors.md: every code that a user, an operator or a peer service can meet, read from the source.
//   node docs/gen-errors.mjs               writes the page
//   node docs/gen-errors.mjs --print       prints the page
//   node docs/gen-errors.mjs --codes ROOT  prints the table of error codes of the tree at ROOT
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { findCodes } from './gen-errors/find-codes.mjs';
import { codeTable, errorPage } from './gen-errors/page.mjs';
import { findReasons } from './gen-errors/reasons.mjs';
import { loadSource } from './gen-errors/source.mjs';

const [flag, folder = path.resolve(import.meta.dirname, '..')] = process.argv.slice(2);
const source = loadSource(path.resolve(folder));
const codes = findCodes(source);
if (flag === '--codes') print(codeTable(codes));
else if (flag === '--print') print(errorPage(codes, findReasons(source)));
else writeFileSync(path.join(source.root, 'docs/errors.md'), errorPage(codes, findReasons(source)));

function print(text) {
  process.stdout.write(text);
}
