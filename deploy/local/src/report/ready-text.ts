import type { RunFile } from './run-file.js';

/** Returns the text that is shown when everything is ready. It contains the password only if this very start created it. */
export function readyText(run: RunFile, knownHostsFile: string, dataPath: string, isFirstStart: boolean): string {
  const { demo, ssh } = run;
  const login = `${demo.username}@${demo.account}@${demo.asset}@${ssh.host}`;
  const line = `ssh -i ${quote(demo.private_key_file)} -o IdentitiesOnly=yes -o UserKnownHostsFile=${quote(knownHostsFile)} -p ${ssh.port} ${login}`;
  const password = isFirstStart ? `${run.admin.password}   (shown once; to be changed at the first login)` : 'as you set it';
  return [
    '',
    'Sallyport is ready.',
    `  REST      ${run.api}   documentation: ${run.api}/api/docs`,
    `  admin     ${run.admin.username}, password: ${password}`,
    `  data      ${dataPath}   for scripts: ${dataPath}/run.json`,
    '  A first session:',
    '',
    line,
    '',
    'Ctrl-C stops everything; the data stay.',
  ].join('\n');
}

/** Quotes a path for a shell. */
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
