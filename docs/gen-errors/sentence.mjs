// Reads comments as one line of text.
import ts from 'typescript';

/** Returns the doc comment of a declaration, or undefined. */
export function commentOf(node) {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const comments = ts.getJSDocCommentsAndTags(holder).filter((each) => ts.isJSDoc(each));
  return oneLine(ts.getTextOfJSDocComment(comments.at(-1)?.comment));
}

/** Returns the line comment directly before the statement of a node, or undefined. */
export function statementComment(node) {
  let statement = node;
  while (statement.parent && !ts.isStatement(statement)) statement = statement.parent;
  const text = statement.getSourceFile().text;
  const range = (ts.getLeadingCommentRanges(text, statement.getFullStart()) ?? []).at(-1);
  return range && oneLine(text.slice(range.pos, range.end).replace(/^\/[/*]+|\*\/$/g, ''));
}

const oneLine = (text) => text?.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim() || undefined;
