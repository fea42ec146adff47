// Holds docs/style.md over comments, error texts, log lines, endpoint summaries and test titles.
import { FORBIDDEN, FORBIDDEN_STARTS, MAX_WORDS, VERBS } from './vocabulary.mjs';

const LOG_LEVELS = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
const TITLES = new Set(['it', 'test', 'describe']);

/** Returns the text of a comment without its asterisks, code spans, quoted text and URLs. */
function proseOf(comment) {
  return comment
    .replaceAll(/^\s*\*+ ?/gm, '')
    .replaceAll(/```[^]*?```/g, ' ')
    .replaceAll(/`[^`]*`/g, 'X')
    .replaceAll(/"[^"\n]*"/g, 'X')
    .replaceAll(/\{@[^}]*\}/g, 'X')
    .replaceAll(/https?:\S+/g, 'X')
    .trim();
}

/** Returns the sentences of a prose text. A list item and a tag begin a sentence. */
function sentencesOf(prose) {
  return prose
    .split(/(?<=[.!?;:])\s+|\n\s*\n|\n(?=\s*[-*@]\s)|\n(?=\s*@)|(?<=:)\n/)
    .map((sentence) => sentence.replace(/^\s*(?:[-*]\s+|@\w+\s+)*/, '').trim())
    .filter((sentence) => sentence !== '');
}

/** Returns the problems of a text: a forbidden term, a forbidden beginning, a sentence that is too long. */
function problemsOf(text, { isProse = true } = {}) {
  const prose = proseOf(text);
  const problems = FORBIDDEN.flatMap(([pattern, instead]) => {
    const found = pattern.exec(prose)?.[0];
    return found === undefined ? [] : [`"${found.trim()}": ${instead}`];
  });
  if (!isProse) return problems;
  for (const sentence of sentencesOf(prose)) {
    const words = sentence.split(/\s+/).filter((word) => /\w/.test(word)).length;
    if (words > MAX_WORDS)
      problems.push(`A sentence of ${words} words: at most ${MAX_WORDS}, one idea. It begins "${sentence.slice(0, 40)}"`);
  }
  const first = prose.split(/[\s,:]/)[0] ?? '';
  if (FORBIDDEN_STARTS.test(prose))
    problems.push(`Begins with "${first}": begin with a verb (Returns, Rejects, Starts) or with the noun that the thing is`);
  return problems;
}

const isFunction = (node) =>
  ['FunctionDeclaration', 'MethodDefinition', 'TSMethodSignature', 'TSAbstractMethodDefinition'].includes(node.type) ||
  (node.type === 'VariableDeclaration' && ['ArrowFunctionExpression', 'FunctionExpression'].includes(node.declarations[0]?.init?.type));

/** Returns the declaration that a doc comment stands before. */
function declarationAfter(source, comment) {
  const token = source.getTokenAfter(comment);
  if (!token) return undefined;
  let node = source.getNodeByRangeIndex(token.range[0]);
  while (node?.parent && node.parent.range[0] === node.range[0] && node.parent.type !== 'Program') node = node.parent;
  return node?.declaration ?? node;
}

const isConstructor = (node) => node.type === 'MethodDefinition' && node.kind === 'constructor';

const comments = {
  meta: { type: 'suggestion', schema: [], messages: { problem: '{{problem}} (docs/style.md)' } },
  create(context) {
    const source = context.sourceCode;
    const report = (loc, problem) => context.report({ loc, messageId: 'problem', data: { problem } });
    return {
      Program() {
        for (const comment of source.getAllComments()) {
          if (/^\s*(?:eslint|global|@ts-|biome|v8 ignore|#__|prettier)/.test(comment.value)) continue;
          const isDoc = comment.type === 'Block' && comment.value.startsWith('*');
          const prose = proseOf(comment.value);
          for (const problem of problemsOf(comment.value)) report(comment.loc, problem);
          const node = isDoc ? declarationAfter(source, comment) : undefined;
          if (!node || !isFunction(node) || isConstructor(node)) continue;
          const first = prose.split(/[\s,.:;]/)[0] ?? '';
          if (!VERBS.has(first) && first !== '@param')
            report(
              comment.loc,
              `"${first}" is not a verb of lint/vocabulary.mjs: a doc comment of a function begins with a third-person verb (Returns, Rejects, Starts)`,
            );
        }
      },
    };
  },
};

/** Returns the literal text of a string or template; an inserted value counts as one word. */
function textOf(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node?.type === 'TemplateLiteral') return node.quasis.map((quasi) => quasi.value.cooked).join('X');
  if (node?.type === 'ConditionalExpression') return [textOf(node.consequent), textOf(node.alternate)].filter(Boolean).join('. ');
  if (node?.type === 'BinaryExpression' && node.operator === '+') return [textOf(node.left), textOf(node.right)].filter(Boolean).join('');
  return undefined;
}

const texts = {
  meta: { type: 'suggestion', schema: [], messages: { problem: '{{problem}} (docs/style.md)' } },
  create(context) {
    const check = (node, options) => {
      const text = textOf(node);
      if (text === undefined) return;
      for (const problem of problemsOf(text, options)) context.report({ node, messageId: 'problem', data: { problem } });
    };
    return {
      // super('…') of an error class, new SomeError('…'), throw new Error('…')
      CallExpression(node) {
        const { callee, arguments: args } = node;
        if (callee.type === 'Super') return check(args[0], { isProse: false });
        const name = callee.type === 'MemberExpression' ? callee.property.name : callee.name;
        if (callee.type === 'MemberExpression' && LOG_LEVELS.has(name) && /log(ger)?$/i.test(context.sourceCode.getText(callee.object)))
          return check(args.at(-1), { isProse: false });
        if (name === 'describe' && callee.type === 'MemberExpression') return check(args[0], { isProse: false });
        const root =
          callee.type === 'MemberExpression'
            ? callee.object.name
            : callee.type === 'CallExpression'
              ? (callee.callee?.object?.name ?? callee.callee?.name)
              : name;
        if (TITLES.has(root)) check(args[0], { isProse: false });
      },
      NewExpression(node) {
        const name = node.callee.name ?? '';
        if (/Error$/.test(name) || node.parent?.type === 'ThrowStatement')
          for (const argument of node.arguments) check(argument, { isProse: false });
      },
      Property(node) {
        if (node.key.name === 'summary') check(node.value, { isProse: true });
      },
    };
  },
};

export default { rules: { comments, texts } };
