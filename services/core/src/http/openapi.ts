import { RequestMethod, type Type } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ErrorBody } from '@sallyport/contracts';
import { z } from 'zod';
import { ENDPOINT, rightsOf, type EndpointFacts } from './endpoint.js';
import { refusalsOf } from './openapi-refusals.js';
import { BODY, QUERY } from './zod-pipe.js';

type Json = Record<string, unknown>;

/** One route, read from its decorators. */
interface Route {
  readonly method: string;
  /** With `{id}` for parameters. */
  readonly path: string;
  readonly operationId: string;
  readonly endpoint: EndpointFacts;
  readonly body: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
}

const REF = '#/components/schemas/';

/** Builds the OpenAPI 3.1 document from the routes. A route without declaration can't be called, so the document is complete. */
@Injectable()
export class OpenApi {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  document(): Json {
    const schemas: Json = {};
    const paths: Record<string, Json> = {};
    for (const route of this.routes()) (paths[route.path] ??= {})[route.method] = operationOf(route, schemas);
    return {
      openapi: '3.1.0',
      info: {
        title: 'Sallyport',
        version: '1',
        description: 'The gate through which people and jobs reach servers.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'This server' }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } }, schemas: sorted(schemas) },
      paths: sorted(paths),
    };
  }

  private routes(): Route[] {
    return this.discovery.getControllers().flatMap(({ metatype, instance }) => {
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      return this.scanner.getAllMethodNames(prototype).flatMap((name) => routeOf(metatype as Type, prototype, name));
    });
  }
}

function routeOf(controller: Type, prototype: Record<string, object>, name: string): Route[] {
  const handler = prototype[name] ?? {};
  const endpoint = Reflect.getMetadata(ENDPOINT, handler) as EndpointFacts | undefined;
  if (!endpoint) return [];
  const parts = [Reflect.getMetadata('path', controller), Reflect.getMetadata('path', handler)] as string[];
  const path = `/${parts
    .map((part) => part.replace(/^\/|\/$/g, ''))
    .filter(Boolean)
    .join('/')}`.replace(/:(\w+)/g, '{$1}');
  const method = RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod].toLowerCase();
  const schema = (key: symbol) => Reflect.getMetadata(key, prototype, name) as z.ZodType | undefined;
  return [
    {
      method,
      path,
      endpoint,
      operationId: `${controller.name.replace(/Controller$/, '')}_${name}`,
      body: schema(BODY),
      query: schema(QUERY),
    },
  ];
}

function operationOf(route: Route, schemas: Json): Json {
  const { endpoint, body, query, path } = route;
  const parameters = [...pathParameters(path), ...(query ? queryParameters(query) : []), ...(endpoint.takesIfMatch ? [IF_MATCH] : [])];
  return {
    operationId: route.operationId,
    tags: [path.replace(/^\/api(\/v1)?\//, '').replace(/\/\{.*$/, '')],
    summary: endpoint.summary,
    ...(endpoint.right === 'public' ? { security: [] } : { security: [{ bearer: [] }], 'x-right': rightsOf(endpoint).join(' ') }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: !body.safeParse({}).success, content: jsonContent(schemaOf(body, 'input', schemas)) } }),
    responses: responsesOf(route, schemas),
  };
}

function responsesOf(route: Route, schemas: Json): Json {
  const { method, path, endpoint, body, query } = route;
  const status = endpoint.status ?? (method === 'post' ? 201 : 200);
  const files = Object.fromEntries((endpoint.produces ?? []).map((type) => [type, {}]));
  const content = endpoint.answer ? jsonContent(schemaOf(endpoint.answer, 'output', schemas)) : files;
  const error = jsonContent(schemaOf(ErrorBody, 'output', schemas));
  const refusals = refusalsOf({ method, path, endpoint, hasBody: !!body, hasQuery: !!query });
  const also = Object.entries(endpoint.alsoAnswers ?? {}).map(([other, description]) => [other, { description }]);
  return {
    [String(status)]: { description: 'Done', ...(Object.keys(content).length > 0 && { content }) },
    ...(Object.fromEntries(also) as Json),
    ...Object.fromEntries(
      Object.entries(refusals).map(([refused, { description, codes }]) => [
        refused,
        { description, 'x-error-codes': codes, content: error },
      ]),
    ),
    default: { description: 'Failed: the request may be sent again later', content: error },
  };
}

const jsonContent = (schema: Json): Json => ({ 'application/json': { schema } });

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }));

const IF_MATCH: Json = {
  name: 'If-Match',
  in: 'header',
  required: false,
  description: 'The ETag of the row as it was read: a row that has changed since is not changed',
  schema: { type: 'string' },
};

function queryParameters(query: z.ZodType): Json[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' }) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    description,
    schema,
  }));
}

/** Returns a zod schema as JSON Schema. Named schemas go to `schemas`; the result refers to them. zod puts the content of a named one into `$defs`. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json & { $defs?: Record<string, Json> };
  for (const [id, definition] of Object.entries($defs)) schemas[id] = referring(definition);
  const id = schema.meta()?.id;
  return id === undefined ? referring(own) : { $ref: REF + id };
}

/** Rewrites references into `$defs` to the one place where the document keeps schemas. */
function referring(schema: Json): Json {
  const { id: _, ...rest } = JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', `"${REF}`)) as Json;
  return rest;
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b)));
