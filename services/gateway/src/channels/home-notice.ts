/**
 * Returns a notice about a command that names the login name as a home, for instance "~alice@root@web-1"; "" for any other. Ansible makes such
 * commands of `ansible_user`. No asset has such a user: its shell keeps the text, and a folder of that name appears in the account's home.
 */
export function homeNotice(command: string, username: string): string {
  const isNamed = ['@', '#'].some((separator) => command.includes(`~${username}${separator}`));
  return isNamed ? NOTICE(username) : '';
}

const NOTICE = (username: string): string =>
  `Sallyport: this command names the home "~${username}@…", which is a login name here and no user of the asset. ` +
  'For Ansible, set no ansible_user: give the login name as ansible_ssh_common_args="-o User=…" (docs/ansible.md).';
