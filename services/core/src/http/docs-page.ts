interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly writeOnly?: boolean;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly 'x-right'?: string;
  readonly parameters?: readonly { name: string; in: string; description?: string; schema: Schema }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
interface Document {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2430}
code{font:13px ui-monospace,monospace}h2{margin-top:2.5rem;border-bottom:1px solid #d5dae2}summary{cursor:pointer;padding:.3rem 0}
table{border-collapse:collapse;margin:.4rem 0 1rem 1rem}td{padding:.15rem .8rem .15rem 0;vertical-align:top}.m{display:inline-block;width:4rem;font-weight:600}
.r{color:#69738a;font-size:13px}`;

/** Returns the OpenAPI document as one HTML page without scripts and without external resources. */
export function docsPage(openApi: Readonly<Record<string, unknown>>): string {
  const document = openApi as unknown as Document;
  const { info, paths, components } = document;
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(rows.map(({ operation }) => operation.tags[0] ?? ''))];
  const sections = tags.map(
    (tag) =>
      `<h2>${escape(tag)}</h2>${rows
        .filter(({ operation }) => operation.tags[0] === tag)
        .map(operationHtml)
        .join('')}`,
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `<details id="${escape(name)}"><summary><code>${escape(name)}</code></summary>${fieldsHtml(schema)}</details>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(info.title)} API</title><style>${STYLE}</style>
<h1>${escape(info.title)} API</h1><p>${escape(info.description)} Sign in with <code>POST /api/v1/authentication/auth</code>, then send <code>Authorization: Bearer …</code>.
Machines read <a href="/api/openapi.json">openapi.json</a>.</p>${sections.join('')}<h2>Shapes</h2>${schemas.join('')}</html>`;
}

function operationHtml({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const parameters = (operation.parameters ?? []).map(({ name, schema, description }) =>
    rowHtml(name, { ...schema, ...(description && { description }) }, false),
  );
  const right = operation['x-right'] ? ` <span class="r">needs ${escape(operation['x-right'])}</span>` : '';
  const bodies = [
    contentHtml('Body', operation.requestBody),
    ...Object.entries(operation.responses).map(([status, answer]) => contentHtml(status, answer)),
  ];
  return `<details><summary><span class="m">${escape(method.toUpperCase())}</span><code>${escape(path)}</code> — ${escape(operation.summary)}${right}</summary>
<table>${parameters.join('')}</table><table>${bodies.join('')}</table></details>`;
}

function contentHtml(label: string, content: Content | undefined): string {
  return Object.entries(content?.content ?? {})
    .map(
      ([type, { schema }]) =>
        `<tr><td>${escape(label)}</td><td><code>${escape(type)}</code></td><td>${schema ? typeHtml(schema) : ''}</td></tr>`,
    )
    .join('');
}

const fieldsHtml = (schema: Schema): string =>
  `<table>${Object.entries(schema.properties ?? {})
    .map(([name, field]) => rowHtml(name, field, schema.required?.includes(name) ?? false))
    .join('')}</table>`;

const rowHtml = (name: string, schema: Schema, isRequired: boolean): string =>
  `<tr><td><code>${escape(name)}</code>${isRequired ? ' *' : ''}</td><td>${typeHtml(schema)}</td><td>${escape(schema.description ?? '')}${schema.writeOnly ? ' (never shown)' : ''}</td></tr>`;

function typeHtml(schema: Schema): string {
  if (schema.$ref) return linkHtml(schema.$ref.split('/').at(-1) ?? '');
  if (schema.enum) return escape(schema.enum.join(' | '));
  if (schema.anyOf) return schema.anyOf.map(typeHtml).join(' or ');
  if (schema.items) return `list of ${typeHtml(schema.items)}`;
  if (schema.properties?.['results']) return `page: ${typeHtml(schema.properties['results'])}`;
  return escape(
    [schema.format ?? schema.type ?? 'anything', schema.default === undefined ? '' : `= ${JSON.stringify(schema.default)}`].join(' '),
  );
}

const linkHtml = (name: string): string => `<a href="#${escape(name)}">${escape(name)}</a>`;

const ENTITY: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (found) => ENTITY[found] ?? found);
