// Reads what a class says of itself through its base classes.
import ts from 'typescript';
import { literalsOf } from './literals.mjs';

/** Returns a class and its base classes, nearest first. */
export function baseChain(checker, node) {
  const base = ts.getEffectiveBaseTypeNode(node);
  const declaration = base && checker.getTypeAtLocation(base).symbol?.valueDeclaration;
  return declaration && ts.isClassDeclaration(declaration) ? [node, ...baseChain(checker, declaration)] : [node];
}

/** Returns true if the class is derived from AppError, or named as its base where the package of AppError is not in the tree. */
export const isAppError = (checker, node) =>
  baseChain(checker, node).some((each) => each !== node && each.name?.text === 'AppError') ||
  ts.getEffectiveBaseTypeNode(baseChain(checker, node).at(-1))?.expression.getText() === 'AppError';

/** Returns the literal value of a property of the class or of the nearest base class that sets it. */
export function valueOf(checker, node, name) {
  for (const each of baseChain(checker, node)) {
    const member = each.members.find((one) => ts.isPropertyDeclaration(one) && one.name.getText() === name);
    if (member?.initializer) return literalsOf(checker, member.initializer).literals[0];
  }
  return undefined;
}
