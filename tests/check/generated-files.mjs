// Steps of the lanes "gen" and "buf".
import { runCommand } from './run-command.mjs';

const GENERATED = [
  'libs/proto-gen/src/gen',
  'docs/errors.md',
  'docs/rights.md',
  'deploy/env',
  'deploy/nats/permissions.conf',
  'helm/sallyport',
];

/** Fails on generated files that differ from the committed ones. */
export const sameGeneratedFiles = () => runCommand(['git', 'diff', '--exit-code', '--stat', '--', ...GENERATED]);

/** Fails on generated files that are not committed; `git diff` does not see them. */
export async function noNewGeneratedFiles() {
  const { code, output } = await runCommand(['git', 'ls-files', '--others', '--exclude-standard', '--', ...GENERATED]);
  return { code: output.trim() === '' ? code : 1, output };
}

/** Compares proto/ with the newest tag v*: from the first release on, old messages stay readable. Passes before the first tag. */
export async function noBreakingProto() {
  const tag = await runCommand(['git', 'describe', '--tags', '--abbrev=0', '--match', 'v*']);
  if (tag.code !== 0) return { code: 0, output: '' };
  return runCommand(['buf', 'breaking', 'proto', '--against', `.git#tag=${tag.output.trim()},subdir=proto`]);
}
