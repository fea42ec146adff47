import { simpleCommands } from './simple-commands.js';

/** Programs that read lines of their own language: text typed into them is their input, not a command. */
const INTERPRETERS = new Set(
  (
    'python ipython pypy bpython node deno bun irb pry rails php perl lua luajit ghci scala jshell groovysh julia octave R erl iex clisp sbcl guile racket ocaml utop swift ' +
    'mysql mariadb psql sqlite sqlite3 mongo mongosh redis-cli valkey-cli cqlsh sqlplus sqlcmd influx clickhouse-client duckdb mycli pgcli litecli beeline ' +
    'gdb lldb pdb bc dc ftp sftp lftp tftp smbclient nslookup gnuplot maxima openssl parted fdisk gdisk virsh bluetoothctl nmcli ipmitool telinit ed ex'
  ).split(' '),
);

/** Programs that end in another shell, local or remote: a new kind of prompt may follow. */
const SHELL_CARRIERS = new Set(
  (
    'bash sh dash zsh fish ksh mksh csh tcsh ash busybox rbash pwsh ssh telnet mosh rsh rlogin su sudo doas runuser docker podman nerdctl kubectl oc crictl lxc incus ' +
    'chroot nsenter unshare machinectl systemd-nspawn toolbox distrobox vagrant multipass screen tmux script newgrp login exec env nc ncat socat minicom picocom cu expect vtysh'
  ).split(' '),
);

const PLAIN_SHELLS = new Set('bash sh dash zsh fish ksh mksh csh tcsh ash busybox rbash'.split(' '));
const CHANGES_PROMPT =
  /(?:^|[\s;&|])(?:(?:source|\.|eval|conda|activate|deactivate|hostname|newgrp|set|setopt|prompt|enable|configure|conf|exit|logout)(?:\s|$))/;
const BLANKS_PROMPT = /(?:^|[\s;&|])(?:PS1|PROMPT)=(?:''|"")?(?=$|[\s;&|])/;
const ASSIGNMENT_OR_KEYWORD = /^(?:\w+\+?=.*|if|then|elif|else|do|while|until|!|\{|time)$/s;
/** Longest command line to parse, and longest name to report. */
const LENGTH_LIMIT = 16 * 1024;
const NAME_LIMIT = 200;
const ASSIGNS_PROMPT = /(?:^|[\s;&|])(?:PS1|PROMPT|PROMPT_COMMAND)\+?=/;

/** Returns the program's name: `/usr/bin/python3.11` → `python`. */
function programOf(arg: string): string {
  const base = arg.slice(arg.lastIndexOf('/') + 1);
  return INTERPRETERS.has(base) ? base : base.replace(/[\d.]+$/, '');
}

const programsIn = (command: string): string[] => command.split(/[\s;&|()]+/).map(programOf);

/** Returns true if the command line names an interpreter or a client with its own prompt. */
export const namesInterpreter = (command: string): boolean => programsIn(command).some((name) => INTERPRETERS.has(name));
/** Returns true if the command may lead to another shell. */
export const carriesShell = (command: string): boolean => programsIn(command).some((name) => SHELL_CARRIERS.has(name));
/** Returns true if the command names a shell itself. */
export const namesShell = (command: string): boolean => programsIn(command).some((name) => PLAIN_SHELLS.has(name));
/** Returns true if the command may change the prompt. */
export const changesPrompt = (command: string): boolean => CHANGES_PROMPT.test(command) || assignsPrompt(command);
/** Returns true if the command sets the text of the prompt. */
export const assignsPrompt = (command: string): boolean => ASSIGNS_PROMPT.test(command);
/** Returns true if the command sets an empty prompt. */
export const blanksPrompt = (command: string): boolean => BLANKS_PROMPT.test(command);

/** Returns the name of the program that reads the lines typed behind a command line: an interpreter if it names one, otherwise its last program. */
export function readingProgram(commandLine: string): string | undefined {
  if (commandLine.length > LENGTH_LIMIT) return undefined;
  const all = simpleCommands(commandLine).map((args) => args.slice(startOf(args)).map((arg) => arg.slice(arg.lastIndexOf('/') + 1)));
  const named = all.flatMap((args) => args.filter((name) => INTERPRETERS.has(programOf(name)))).at(-1);
  const name = named ?? all.flatMap(([first = '']) => (first === '' ? [] : [first])).at(-1);
  return name?.slice(0, NAME_LIMIT);
}

function startOf(args: readonly string[]): number {
  const at = args.findIndex((arg) => !ASSIGNMENT_OR_KEYWORD.test(arg));
  return at < 0 ? args.length : at;
}
