// The lanes, in the order in which they start.
import { noBreakingProto, noNewGeneratedFiles, sameGeneratedFiles } from './generated-files.mjs';
import { steps, tests } from './lane-kinds.mjs';

const FUZZERS = ['libs/ssh/src/connection/fuzz', 'libs/ssh/src/sftp/sftp-fuzz.test.ts'];

/**
 * Returns every lane by name.
 * `budgetSeconds`: how long it may take while other lanes run beside it; a lane above it is marked in the closing table.
 * `cores`: how many cores it keeps busy on average (measured); lanes run side by side while their sum fits the machine.
 * `isAlone`: it writes files that other lanes read, so nothing runs beside it.
 */
export const lanesFor = (fuzzCases) => ({
  gen: {
    run: steps(['npm', 'run', '--silent', 'gen'], sameGeneratedFiles, noNewGeneratedFiles),
    budgetSeconds: 45,
    isAlone: true,
  },
  int: { run: tests('int'), budgetSeconds: 600, cores: 1 },
  lint: { run: steps(['npm', 'run', '--silent', 'lint']), budgetSeconds: 120, cores: 1 },
  types: { run: steps(['npm', 'run', '--silent', 'types']), budgetSeconds: 60, cores: 1 },
  format: { run: steps(['npm', 'run', '--silent', 'format:check']), budgetSeconds: 15, cores: 1 },
  deps: { run: steps(['npm', 'run', '--silent', 'deps']), budgetSeconds: 30, cores: 1 },
  knip: { run: steps(['npm', 'run', '--silent', 'knip']), budgetSeconds: 30, cores: 1 },
  buf: { run: steps(['buf', 'lint', 'proto'], noBreakingProto), budgetSeconds: 15, cores: 1 },
  unit: { run: tests('unit'), budgetSeconds: 150, cores: 1 },
  fuzz: {
    run: tests('unit', { options: ['--maxWorkers', '2', ...FUZZERS], env: { FUZZ_CASES: fuzzCases } }),
    budgetSeconds: 60,
    cores: 1,
  },
  e2e: { run: tests('e2e'), budgetSeconds: 400, cores: 1 },
  conformance: { run: tests('conformance'), budgetSeconds: 240, cores: 1 },
});
