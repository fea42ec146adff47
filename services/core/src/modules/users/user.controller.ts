import { Controller, Req } from '@nestjs/common';
import { bulkOf, UserCreate, UserListQuery, UserUpdate, UserView, type BulkAnswer, type Page } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { IdParam, IfMatch, pageFor, RequestCtx, resourceEndpoints, ZodBody, ZodQuery } from '../../http/index.js';
import { ResourceStore } from '../../resource/index.js';
import { Users } from './users.service.js';

const NAMES = ['USERNAME_TAKEN', 'EMAIL_TAKEN'];
const LOCKS_OUT = ['LAST_ADMIN', 'OWN_USER_CHANGE'];
/** Refusals of a password that is set. */
const PASSWORD = { 400: ['PASSWORD_TOO_EASY'], 429: ['TOO_MANY_PASSWORDS'], 503: ['PASSWORDS_BUSY'] };
const endpoints = resourceEndpoints('users.users', {
  one: 'a user',
  many: 'users',
  view: UserView,
  notFound: 'USER_NOT_FOUND',
  refuses: { create: { ...PASSWORD, 409: NAMES }, update: { ...PASSWORD, 409: [...NAMES, ...LOCKS_OUT] }, remove: { 409: LOCKS_OUT } },
});
const UserBulk = bulkOf(UserCreate, UserUpdate);

@Controller('api/v1/users/users')
export class UserController {
  constructor(
    private readonly users: Users,
    private readonly store: ResourceStore,
  ) {}

  @endpoints.List()
  async list(
    @RequestCtx() ctx: OrgCtx,
    @Req() request: FastifyRequest,
    @ZodQuery(UserListQuery) query: UserListQuery,
  ): Promise<Page<UserView>> {
    return pageFor(request, query, await this.users.list(ctx, query));
  }

  @endpoints.Create()
  create(@RequestCtx() ctx: OrgCtx, @ZodBody(UserCreate) body: UserCreate): Promise<UserView> {
    return this.users.create(ctx, body);
  }

  @endpoints.Bulk()
  bulk(@RequestCtx() ctx: OrgCtx, @ZodBody(UserBulk) { operations }: z.infer<typeof UserBulk>): Promise<BulkAnswer> {
    return this.store.bulk(ctx, operations, this.users);
  }

  @endpoints.Read()
  get(@RequestCtx() ctx: OrgCtx, @IdParam() id: string): Promise<UserView> {
    return this.users.view(ctx, id);
  }

  @endpoints.Update()
  update(
    @RequestCtx() ctx: OrgCtx,
    @IdParam() id: string,
    @IfMatch() ifMatch: string | undefined,
    @ZodBody(UserUpdate) body: UserUpdate,
  ): Promise<UserView> {
    return this.users.update(ctx, id, body, ifMatch);
  }

  @endpoints.Remove()
  remove(@RequestCtx() ctx: OrgCtx, @IdParam() id: string, @IfMatch() ifMatch: string | undefined): Promise<void> {
    return this.users.remove(ctx, id, ifMatch);
  }
}
