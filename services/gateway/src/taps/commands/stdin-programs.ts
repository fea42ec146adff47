const names = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Shells: their input is command lines. */
export const SHELLS = names('sh bash dash zsh fish ksh ksh93 mksh lksh csh tcsh ash yash rbash rksh elvish nu xonsh pwsh');
/** Programs that run their input, at once or later, as a shell does. */
export const RUNNERS = names('eval at batch crontab parallel');
/** Interpreters: without a file or code in their arguments they run their input. */
export const LANGUAGES = names(
  'python ipython pypy node nodejs deno bun irb ruby jruby php perl lua luajit R Rscript ghci runghc scala jshell groovysh julia octave erl iex elixir clisp sbcl guile racket ocaml swift tclsh wish expect gnuplot',
);
/** Clients and tools with a language of their own, which they read unless an option says otherwise. */
export const CLIENTS = names(
  'mysql mariadb psql sqlite sqlite3 mongo mongosh redis-cli valkey-cli cqlsh sqlplus sqlcmd influx clickhouse-client duckdb mycli pgcli beeline gdb lldb bc dc ed ex ftp lftp sftp tftp smbclient nslookup parted fdisk gdisk sfdisk virsh vtysh ldapmodify ldapadd nsupdate',
);
/** Programs that start the program named in their arguments, here or elsewhere. */
export const CARRIERS = names(
  'sudo doas su runuser env nice ionice chrt taskset nohup setsid timeout stdbuf unbuffer time command exec builtin chroot nsenter unshare setpriv capsh flock busybox toybox strace ltrace script systemd-run machinectl systemd-nspawn ' +
    'docker podman nerdctl kubectl oc crictl lxc incus ssh rsh mosh firejail bwrap proot fakeroot xargs watch find newgrp sg login',
);

/** Returns the program's name: `/usr/bin/python3.11` → `python`. */
export function programName(arg: string): string {
  const base = arg.slice(arg.lastIndexOf('/') + 1);
  return isKnown(base) ? base : base.replace(/[\d.]+$/, '');
}

const isKnown = (name: string): boolean => [SHELLS, RUNNERS, LANGUAGES, CLIENTS, CARRIERS].some((set) => set.has(name));
/** Returns true for the name of a program that may run its input, or that starts another program. */
export const mayRunInput = (arg: string): boolean => isKnown(programName(arg)) || isOwnShell(arg);
/** Returns true for `$SHELL` and its variants. */
export const isOwnShell = (arg: string): boolean => /^\$\{?(?:SHELL|BASH|0)\}?$/.test(arg);
