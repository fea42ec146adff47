// Reads the named reasons beside the error codes: enums of proto/, unions and constants of the source.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { commentOf } from './sentence.mjs';
import { walk } from './source.mjs';

/** Returns the sections of the page that follow the error codes. */
export const findReasons = (source) => [
  {
    title: 'Reasons that a session ended',
    intro: '`end_reason` of a session in the REST API. A recording writes them with hyphens.',
    columns: ['reason', 'when'],
    rows: protoEnum(source, 'access/v1/session.proto', 'EndReason', 'END_REASON_'),
  },
  {
    title: "Outcomes of a test of an account's login",
    intro: '`result.outcome` of a connectivity test in the REST API.',
    columns: ['outcome', 'when'],
    rows: protoEnum(source, 'task/v1/tasks.proto', 'ConnectivityOutcome', 'CONNECTIVITY_OUTCOME_'),
  },
  {
    title: 'Problems with a key or a certificate',
    intro:
      '`problem` of an `SshKeyError`. The message of `SSH_KEY_INVALID`, `PRIVATE_KEY_INVALID` or `KEY_UNUSABLE` says the same at more length.',
    columns: ['problem', 'when'],
    rows: unionRows(source, 'KeyProblem'),
  },
  {
    title: 'Reason codes of SSH_MSG_DISCONNECT',
    intro: 'RFC 4253 §11.1. `ssh -v` prints the number with the text that the gateway sent.',
    columns: ['code', 'reason'],
    rows: constantRows(source, 'DisconnectReason'),
  },
  {
    title: 'Reason codes of SSH_MSG_CHANNEL_OPEN_FAILURE',
    intro: 'RFC 4254 §5.1. `ssh` prints `channel N: open failed: REASON: TEXT`.',
    columns: ['code', 'reason'],
    rows: constantRows(source, 'OpenFailureReason'),
  },
];

/** Returns the values of a proto enum without its prefix, in lower case, each with its comment. */
function protoEnum({ root }, file, name, prefix) {
  const text = readFileSync(path.join(root, 'proto/sallyport', file), 'utf8');
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(text)?.[1] ?? missing(name);
  return [...body.matchAll(/((?:\s*\/\/[^\n]*\n)+)\s*(\w+) = [1-9]\d*;/g)].map(([, comment, value]) => [
    `\`${value.replace(prefix, '').toLowerCase()}\``,
    comment.replaceAll(/\s*\/\/\s*/g, ' ').trim(),
  ]);
}

/** Returns the members of a union of string literals, each with its doc comment. */
function unionRows(source, name) {
  const node = declarationOf(source, name, ts.isTypeAliasDeclaration);
  return node.type.types.map((member) => [`\`${member.literal.text}\``, memberComment(member)]);
}

/** Returns the doc comment directly before a member of a union. */
function memberComment(member) {
  const text = member.getSourceFile().text;
  // The comment stands after the "|", or before it when the type is on a line of its own.
  const before = text.slice(0, member.getStart()).replace(/\s*\|?\s*$/, '');
  const comment = /\/\*\*((?:(?!\*\/)[^])*)\*\/$/.exec(before)?.[1];
  return comment?.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim() ?? missing(`a doc comment of ${member.getText()}`);
}

/** Returns the properties of a constant object: its value and its name in lower case. */
function constantRows(source, name) {
  const node = declarationOf(source, name, ts.isVariableDeclaration);
  const object = ts.isAsExpression(node.initializer) ? node.initializer.expression : node.initializer;
  return object.properties.map((property) => [
    property.initializer.getText(),
    commentOf(property) ??
      property.name
        .getText()
        .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
        .replaceAll('_', ' ')
        .toLowerCase(),
  ]);
}

function declarationOf({ files }, name, isKind) {
  let found;
  for (const file of files)
    walk(file, (node) => {
      if (isKind(node) && node.name.getText() === name) found ??= node;
    });
  return found ?? missing(name);
}

function missing(name) {
  throw new Error(`docs/gen-errors/reasons.mjs does not find ${name}: name it there as the source does`);
}
