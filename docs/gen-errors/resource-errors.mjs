// Reads the codes of error factories: `const { notFound, nameTaken } = resourceErrors({ code: 'ASSET', noun: 'Asset' })`.
import ts from 'typescript';
import { literalsOf, unwrap } from './literals.mjs';
import { placeOf, walk } from './source.mjs';

const PRODUCTS = {
  notFound: { suffix: 'NOT_FOUND', kind: 'not_found', when: (noun) => `There is no such ${noun}, or it may not be seen.` },
  nameTaken: { suffix: 'NAME_TAKEN', kind: 'conflict', when: (noun) => `Another ${noun} has this name.` },
  inUse: { suffix: 'IN_USE', kind: 'conflict', when: (noun) => `The ${noun} is still in use and cannot be deleted.` },
};

/** Returns true if the node is a call of `resourceErrors`. */
export const isFactoryCall = (node) => ts.isCallExpression(node) && node.expression.getText() === 'resourceErrors';

/** Returns the codes that one call of `resourceErrors` produces: one per product that the source uses. */
export function codesOfResourceErrors(source, call) {
  const prefix = settingOf(source, call, 'code');
  if (prefix === undefined) throw new Error(`${placeOf(source, call)}: resourceErrors needs a literal "code"`);
  const noun = inSentence(settingOf(source, call, 'noun') ?? prefix.toLowerCase().replaceAll('_', ' '));
  return productsOf(source, call).map((name) => {
    const product = PRODUCTS[name];
    if (!product) throw new Error(`${placeOf(source, call)}: add "${name}" to docs/gen-errors/resource-errors.mjs`);
    return { code: `${prefix}_${product.suffix}`, kind: product.kind, when: product.when(noun) };
  });
}

/** Returns the noun as it stands inside a sentence: "asset" for "Asset", "SSH key" as it is. */
const inSentence = (noun) => noun.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());

function settingOf({ checker }, call, name) {
  const settings = call.arguments[0] && unwrap(call.arguments[0]);
  if (!settings || !ts.isObjectLiteralExpression(settings)) return undefined;
  const property = settings.properties.find((each) => each.name?.getText() === name);
  return property && ts.isPropertyAssignment(property) ? literalsOf(checker, property.initializer).literals[0] : undefined;
}

function productsOf(source, call) {
  if (ts.isPropertyAccessExpression(call.parent)) return [call.parent.name.text];
  const { name } = call.parent;
  if (!ts.isVariableDeclaration(call.parent)) return Object.keys(PRODUCTS);
  if (ts.isObjectBindingPattern(name)) return name.elements.map((each) => (each.propertyName ?? each.name).getText());
  return accessedNames(source, name);
}

/** Returns the properties of a variable that any file reads. */
function accessedNames({ checker, files }, variable) {
  const symbol = checker.getSymbolAtLocation(variable);
  const names = new Set();
  for (const file of files)
    walk(file, (node) => {
      if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return;
      const used = checker.getSymbolAtLocation(node.expression);
      const origin = used && used.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(used) : used;
      if (origin === symbol) names.add(node.name.text);
    });
  return [...names];
}
