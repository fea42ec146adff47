// Finds every error code: a literal that becomes the `code` of an AppError or of a refusal.
import ts from 'typescript';
import { baseChain, isAppError, valueOf } from './error-class.mjs';
import { literalsOf, messageOf } from './literals.mjs';
import { codesOfResourceErrors, isFactoryCall } from './resource-errors.mjs';
import { commentOf, statementComment } from './sentence.mjs';
import { ownerOf, placeOf, walk } from './source.mjs';

/** An error code, e.g. `ASSET_NOT_FOUND`. Names of system errors (`ECONNREFUSED`) have the same form and are not ours. */
const CODE = /^(?!E[A-Z0-9]+$)[A-Z][A-Z0-9_]+$/;
/** The kind of a code that is not an AppError's: a text that the gateway sends to the SSH client. */
const REFUSAL = 'refusal';
/** The kind of a code whose kind is the one that another service sent. */
const ANY = 'any';
/** A text that can hold a code. The type checker resolves only calls that have it in an argument. */
const CAPITALS = /[A-Z]{2}/;
const mayHoldCode = (argument) =>
  !ts.isFunctionLike(argument) && !ts.isObjectLiteralExpression(argument) && CAPITALS.test(argument.getText());

/** Returns `{ code, kind, owner, when }` of every code in the source. Throws an Error for a code that it cannot read. */
export function findCodes(source) {
  const found = [];
  for (const file of source.files)
    walk(file, (node) => {
      for (const each of codesAt(source, node)) found.push({ owner: ownerOf(source, node), ...each });
    });
  return found.filter(({ code }) => CODE.test(code));
}

function codesAt(source, node) {
  if (ts.isClassDeclaration(node)) return codeOfClass(source, node);
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'code' && !isFactoryCall(node.parent.parent))
    return codesOfProperty(source, node);
  if (isFactoryCall(node)) return codesOfResourceErrors(source, node);
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) return codesOfCall(source, node);
  return [];
}

/** Returns the code of a class like `class AssetNotFound extends AppError { readonly code = 'ASSET_NOT_FOUND'; … }`. */
function codeOfClass(source, node) {
  if (!isAppError(source.checker, node)) return [];
  const initializer = node.members.find((member) => ts.isPropertyDeclaration(member) && member.name.getText() === 'code')?.initializer;
  if (!initializer) return [];
  const { literals, others } = literalsOf(source.checker, initializer);
  requireRelay(source, others);
  const kind = valueOf(source.checker, node, 'kind') ?? fail(source, node, `${node.name?.text} has a code and no kind`);
  return literals.map((code) => ({ code, kind, when: commentOf(node), message: messageOfClass(source, node) }));
}

/** Returns the message of an error class: the argument of its `super(…)`, or of the first `new` of it in its own file. */
function messageOfClass(source, node) {
  let message;
  walk(node, (child) => {
    if (ts.isCallExpression(child) && child.expression.kind === ts.SyntaxKind.SuperKeyword)
      message ??= messageOf(source.checker, child.arguments[0]);
  });
  for (const file of message === undefined ? source.files : [])
    walk(file, (child) => {
      if (ts.isNewExpression(child) && child.expression.getText() === node.name?.text)
        message ??= messageOf(source.checker, child.arguments?.[0]);
    });
  return message;
}

/** Returns the codes of an object like `{ code: 'AUTH_LOCKED', message: 'Try again later.' }`. */
function codesOfProperty({ checker }, node) {
  const { literals } = literalsOf(checker, node.initializer);
  const sibling = node.parent.properties.find((each) => each.name?.getText() === 'message');
  const holder = node.parent.parent;
  const when = ts.isPropertyAssignment(holder) || ts.isVariableDeclaration(holder) ? commentOf(holder) : undefined;
  const message = sibling && ts.isPropertyAssignment(sibling) ? messageOf(checker, sibling.initializer) : undefined;
  return literals.map((code) => ({ code, kind: REFUSAL, when, message }));
}

/** Returns the codes that a call passes to a parameter called `code`, e.g. `new RequestRefused(413, 'BODY_TOO_LARGE', …)`. */
function codesOfCall(source, node) {
  const { checker } = source;
  if (!node.arguments?.some(mayHoldCode)) return [];
  const parameters = checker.getResolvedSignature(node)?.getParameters() ?? [];
  const index = parameters.findIndex(({ name }) => name === 'code');
  const argument = index < 0 ? undefined : node.arguments?.[index];
  if (!argument || !(checker.getTypeOfSymbol(parameters[index]).flags & ts.TypeFlags.String)) return [];
  const { literals, others } = literalsOf(checker, argument);
  requireRelay(source, others);
  const text = node.arguments.filter((each) => each !== argument).map((each) => messageOf(checker, each));
  const message = text.find((each) => each !== undefined && /\s/.test(each));
  return literals.map((code) => ({ code, kind: kindOfCall(source, node, parameters), when: statementComment(node), message }));
}

function kindOfCall({ checker }, node, parameters) {
  const declaration = ts.isNewExpression(node) ? checker.getTypeAtLocation(node).symbol?.valueDeclaration : undefined;
  if (!declaration || !ts.isClassDeclaration(declaration) || !isAppError(checker, declaration)) return REFUSAL;
  const index = parameters.findIndex(({ name }) => name === 'kind');
  const given = index < 0 ? undefined : node.arguments[index];
  if (!given) return valueOf(checker, baseChain(checker, declaration)[0], 'kind') ?? REFUSAL;
  const { literals, others } = literalsOf(checker, given);
  return others.length > 0 || literals.length !== 1 ? ANY : literals[0];
}

/** Throws an Error for a part that is not a literal, unless it passes on a code from elsewhere, like `rejection.code`. */
function requireRelay(source, others) {
  for (const other of others)
    if (!/\bcode\b/i.test(other.getText())) fail(source, other, `Cannot read the code that "${other.getText()}" stands for`);
}

function fail(source, node, problem) {
  throw new Error(`${placeOf(source, node)}: ${problem}. Write the code as a literal there.`);
}
