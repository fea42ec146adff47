const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Shells: their input is command lines. */
export const SHELLS = names('sh bash dash zsh fish ksh ksh93 mksh lksh csh tcsh ash yash rbash rksh elvish nu xonsh pwsh');
/** Programs that run what they read at once or later, as a shell would. */
export const RUNNERS = names('eval at batch crontab parallel');
/** Languages: without a file or code of their own they run what they read. */
export const LANGUAGES = names(
  'python ipython pypy node nodejs deno bun irb ruby jruby php perl lua luajit R Rscript ghci runghc scala jshell groovysh julia octave erl iex elixir clisp sbcl guile racket ocaml swift tclsh wish expect gnuplot',
);
/** Clients and tools with a language of their own that they read unless told otherwise. */
export const CLIENTS = names(
  'mysql mariadb psql sqlite sqlite3 mongo mongosh redis-cli valkey-cli cqlsh sqlplus sqlcmd influx clickhouse-client duckdb mycli pgcli beeline gdb lldb bc dc ed ex ftp lftp sftp tftp smbclient nslookup parted fdisk gdisk sfdisk virsh vtysh ldapmodify ldapadd nsupdate',
);
/** Programs that start the program named in their arguments, here or elsewhere. */
export const CARRIERS = names(
  'sudo doas su runuser env nice ionice chrt taskset nohup setsid timeout stdbuf unbuffer time command exec builtin chroot nsenter unshare setpriv capsh flock busybox toybox strace ltrace script systemd-run machinectl systemd-nspawn ' +
    'docker podman nerdctl kubectl oc crictl lxc incus ssh rsh mosh firejail bwrap proot fakeroot xargs watch find newgrp sg login',
);

/** `/usr/bin/python3.11` → `python` */
export function programName(word: string): string {
  const base = word.slice(word.lastIndexOf('/') + 1);
  return isKnown(base) ? base : base.replace(/[\d.]+$/, '');
}

const isKnown = (name: string): boolean => [SHELLS, RUNNERS, LANGUAGES, CLIENTS, CARRIERS].some((set) => set.has(name));
/** Its name says that it may run what it reads, or that it starts another program. */
export const mayRunInput = (word: string): boolean => isKnown(programName(word)) || isOwnShell(word);
/** `$SHELL` and its like. */
export const isOwnShell = (word: string): boolean => /^\$\{?(?:SHELL|BASH|0)\}?$/.test(word);
