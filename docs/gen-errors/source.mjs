// The TypeScript program of everything that ships: no tests, no test kit, no generated code.
import { globSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const FOLDERS = ['libs/*/src', 'services/*/src', 'deploy/local/src'];
const NOT_SHIPPED = /\.(test|suite|d)\.ts$|-for-tests\.ts$|^libs\/(testkit|proto-gen)\//;
const OPTIONS = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, strict: true, noEmit: true, noLib: true, types: [] };

/** Returns the tree at `root`: its shipped files and a checker of their types. */
export function loadSource(root) {
  const names = FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
    .filter((name) => !NOT_SHIPPED.test(name))
    .sort()
    .map((name) => path.join(root, name));
  const host = { ...ts.createCompilerHost(OPTIONS), resolveModuleNameLiterals: resolver(root, new Set(names)) };
  const program = ts.createProgram(names, OPTIONS, host);
  return { root, files: names.map((name) => program.getSourceFile(name)), checker: program.getTypeChecker() };
}

/** Returns a resolver that finds the shipped files alone: packages from npm define no code of ours, and reading them takes seconds. */
const resolver = (root, names) => (literals, containingFile) =>
  literals.map(({ text }) => {
    const name = text.startsWith('.')
      ? path.join(path.dirname(containingFile), text.replace(/\.js$/, '.ts'))
      : path.join(root, text.replace(/^@sallyport\/([^/]+)$/, 'libs/$1/src/index.ts'));
    return { resolvedModule: names.has(name) ? { resolvedFileName: name, extension: ts.Extension.Ts } : undefined };
  });

/** Returns the place of a node as `file:line`. */
export function placeOf(source, node) {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return `${path.relative(source.root, file.fileName)}:${line + 1}`;
}

/** Returns the package folder that a node belongs to, e.g. `libs/rpc`. */
export const ownerOf = (source, node) => path.relative(source.root, node.getSourceFile().fileName).split(path.sep).slice(0, 2).join('/');

/** Calls `visit` for every node under `node`, parents first. */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
