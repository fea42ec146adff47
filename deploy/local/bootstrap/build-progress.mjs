/**
 * Turns the output of `tsc -b --verbose` into progress: a line per project that is compiled. Up-to-date projects stay silent; errors of the
 * compiler go to `print` as they are.
 */
export function buildProgress(root, { say, print }) {
  let total = 0;
  let compiled = 0;
  let rest = '';
  const line = (text) => {
    const project = /Building project '(.*)\/tsconfig\.json'/.exec(text)?.[1];
    if (/^\s+\* .*tsconfig\.json$/.test(text)) total += 1;
    else if (project !== undefined) say(`building ${project.replace(`${root}/`, '')} (${(compiled += 1)} of at most ${total})`);
    else if (!/^\s*$|Projects in this build|Project '.*' is |Updating |Skipping /.test(text)) print(text);
  };
  return {
    write: (chunk) => {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      lines.forEach(line);
    },
    end: () => line(rest),
  };
}
