import { configPath } from '@sallyport/backing';
import type { RunFile } from './run-file.js';

/** Returns the text that is shown when everything is ready. It contains the password only if this very start created it. */
export function readyText(run: RunFile, knownHostsFile: string, dataPath: string, isFirstStart: boolean): string {
  const { demo, ssh } = run;
  const login = `${demo.username}@${demo.account}@${demo.asset}@${ssh.host}`;
  const line = `ssh ${file('IdentityFile', demo.private_key_file)} -o IdentitiesOnly=yes ${file('UserKnownHostsFile', knownHostsFile)} -p ${ssh.port} ${login}`;
  const password = isFirstStart ? `${run.admin.password}   (shown once; to be changed at the first login)` : 'as you set it';
  return [
    '',
    'Sallyport is ready.',
    `  REST      ${run.api}   documentation: ${run.api}/api/docs`,
    `  admin     ${run.admin.username}, password: ${password}`,
    `  data      ${dataPath}   for scripts: ${dataPath}/run.json`,
    `  proof     npx sallyport verify BUNDLE --public-key ${quote(run.public_key_file)}   (npx sallyport --help)`,
    '  A first session:',
    '',
    line,
    '',
    'Ctrl-C stops everything; the data stay.',
  ].join('\n');
}

/** Returns an option of `ssh` that names a file. `ssh` reads it like a line of ssh_config, after the shell. */
function file(setting: string, path: string): string {
  return `-o ${quote(`${setting}=${configPath(path)}`)}`;
}

/** Quotes a word for a shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
