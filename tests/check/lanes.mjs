// The lanes, in the order in which they start. The longest starts first, then the quick ones, whose failures show early.
import { noBreakingProto, noNewGeneratedFiles, sameGeneratedFiles } from './generated-files.mjs';
import { steps, tests } from './lane-kinds.mjs';

const FUZZERS = ['libs/ssh/src/connection/fuzz', 'libs/ssh/src/sftp/sftp-fuzz.test.ts'];

/**
 * Returns every lane by name.
 * `budgetSeconds`: how long it may take on two cores with another lane beside it; a lane above it is marked in the closing table.
 * `isAlone`: it writes files that other lanes read, so no lane runs beside it.
 * `isNamedOnly`: it runs only where it is named.
 */
export const lanesFor = (fuzzCases) => ({
  gen: {
    run: steps(['npm', 'run', '--silent', 'gen'], sameGeneratedFiles, noNewGeneratedFiles),
    budgetSeconds: 60,
    isAlone: true,
  },
  int: { run: tests('int'), budgetSeconds: 800 },
  lint: { run: steps(['npm', 'run', '--silent', 'lint']), budgetSeconds: 150 },
  types: { run: steps(['npm', 'run', '--silent', 'types']), budgetSeconds: 60 },
  format: { run: steps(['npm', 'run', '--silent', 'format:check']), budgetSeconds: 15 },
  deps: { run: steps(['npm', 'run', '--silent', 'deps']), budgetSeconds: 40 },
  knip: { run: steps(['npm', 'run', '--silent', 'knip']), budgetSeconds: 30 },
  buf: { run: steps(['buf', 'lint', 'proto'], noBreakingProto), budgetSeconds: 15 },
  unit: { run: tests('unit'), budgetSeconds: 180 },
  fuzz: {
    run: tests('unit', { options: ['--maxWorkers', '2', ...FUZZERS], env: { FUZZ_CASES: fuzzCases } }),
    budgetSeconds: 60,
  },
  e2e: { run: tests('e2e'), budgetSeconds: 500 },
  rest: { run: tests('rest'), budgetSeconds: 180 },
  cluster: { run: tests('cluster'), budgetSeconds: 240 },
  observability: { run: tests('observability'), budgetSeconds: 240 },
  conformance: { run: tests('conformance'), budgetSeconds: 300 },
  images: { run: tests('images'), budgetSeconds: 400, isNamedOnly: true },
});
