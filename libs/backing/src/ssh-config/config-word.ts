/**
 * Quotes a value for ssh_config and sshd_config, which split lines at white space and know `"`, `'`, `\` and `#`. For a shell it has to be
 * quoted once more.
 */
export function configWord(text: string): string {
  return /^[\w@:,./-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Quotes a path of a setting that expands tokens, such as `%u` in AuthorizedKeysFile and UserKnownHostsFile. */
export function configPath(path: string): string {
  return configWord(path.replaceAll('%', '%%'));
}
