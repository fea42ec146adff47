import { applyDecorators, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { BulkAnswer, pageOf } from '@sallyport/contracts';
import type { z } from 'zod';
import type { Right } from '../rights/index.js';
import { Endpoint, type Refusals } from './endpoint.js';

/** Names of resources whose rights include the verb. */
type ResourceWith<V extends string> = Right extends infer R ? (R extends `${infer Name}:${V}` ? Name : never) : never;
type CrudResource = ResourceWith<'view'> & ResourceWith<'create'> & ResourceWith<'update'> & ResourceWith<'delete'>;

/** `one` and `many` stand in summaries: "a host", "hosts"; `notFound` is the code for a row that is not there. */
interface ResourceFacts {
  readonly one: string;
  readonly many: string;
  readonly view: z.ZodType;
  readonly notFound: string;
  /** Codes of the resource's own errors, by verb. */
  readonly refuses: { readonly create: Refusals; readonly update: Refusals; readonly remove?: Refusals };
}

/** Returns the endpoint decorators of a resource: route, right, summary and answer of each verb. */
export const resourceEndpoints = (name: CrudResource, { one, many, view, notFound, refuses }: ResourceFacts) => ({
  List: () => applyDecorators(Get(), Endpoint({ right: `${name}:view`, summary: `List ${many}`, answer: pageOf(view) })),
  Create: () =>
    applyDecorators(Post(), Endpoint({ right: `${name}:create`, summary: `Create ${one}`, answer: view, refuses: refuses.create })),
  Read: () =>
    applyDecorators(Get(':id'), Endpoint({ right: `${name}:view`, summary: `Read ${one}`, answer: view, refuses: { 404: [notFound] } })),
  Update: (summary = `Change ${one}`) =>
    applyDecorators(
      Patch(':id'),
      Endpoint({ right: `${name}:update`, summary, answer: view, takesIfMatch: true, refuses: { 404: [notFound], ...refuses.update } }),
    ),
  Remove: (summary = `Delete ${one}`) =>
    applyDecorators(
      Delete(':id'),
      HttpCode(204),
      Endpoint({ right: `${name}:delete`, summary, status: 204, takesIfMatch: true, refuses: { 404: [notFound], ...refuses.remove } }),
    ),
  Bulk: () =>
    applyDecorators(
      Post('bulk'),
      HttpCode(207),
      Endpoint({
        right: `${name}:create`,
        andRights: [`${name}:update`, `${name}:delete`],
        summary: `Create, change and delete ${many}; a result per operation`,
        answer: BulkAnswer,
        status: 207,
      }),
    ),
});
