// Reads the values that an expression can have, as far as they are written in the source.
import ts from 'typescript';

/** Returns the string literals that `expression` can evaluate to, and the parts that are not literals. */
export function literalsOf(checker, expression) {
  const node = unwrap(expression);
  if (ts.isStringLiteralLike(node)) return { literals: [node.text], others: [] };
  if (ts.isConditionalExpression(node)) return merge(checker, [node.whenTrue, node.whenFalse]);
  if (ts.isBinaryExpression(node) && isFallback(node.operatorToken.kind)) return merge(checker, [node.left, node.right]);
  const type = checker.getTypeAtLocation(node);
  const types = type.isUnion() ? type.types : [type];
  if (types.every((each) => each.isStringLiteral())) return { literals: types.map((each) => each.value), others: [] };
  return { literals: [], others: [node] };
}

/** Returns the text of a message expression, with `…` for each inserted value; undefined if it is not written in one place. */
export function messageOf(checker, expression) {
  if (!expression) return undefined;
  const node = unwrap(expression);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('');
  if (!ts.isIdentifier(node)) return undefined;
  const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration;
  return declaration && (ts.isVariableDeclaration(declaration) || ts.isParameter(declaration))
    ? messageOf(checker, declaration.initializer)
    : undefined;
}

/** Returns the expression without parentheses, `as const` and `satisfies`. */
export function unwrap(node) {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node) ? unwrap(node.expression) : node;
}

const isFallback = (kind) => kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken;

function merge(checker, nodes) {
  const parts = nodes.map((node) => literalsOf(checker, node));
  return { literals: parts.flatMap(({ literals }) => literals), others: parts.flatMap(({ others }) => others) };
}
