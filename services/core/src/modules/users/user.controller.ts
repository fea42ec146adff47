import { Controller, Delete, Get, HttpCode, Patch, Post, Req } from '@nestjs/common';
import { pageOf, UserCreate, UserListQuery, UserUpdate, UserView, type Page } from '@sallyport/contracts';
import type { Ctx } from '@sallyport/context';
import type { FastifyRequest } from 'fastify';
import { Endpoint, IdParam, pageFor, RequestCtx, ZodBody, ZodQuery } from '../../http/index.js';
import { ChangeUser } from './change-user.service.js';
import { CreateUser } from './create-user.service.js';
import { Users } from './users.service.js';

@Controller('api/v1/users/users')
export class UserController {
  constructor(
    private readonly users: Users,
    private readonly creating: CreateUser,
    private readonly changing: ChangeUser,
  ) {}

  @Get()
  @Endpoint({ right: 'administer', summary: 'Users', answer: pageOf(UserView) })
  async list(
    @RequestCtx() ctx: Ctx,
    @Req() request: FastifyRequest,
    @ZodQuery(UserListQuery) query: UserListQuery,
  ): Promise<Page<UserView>> {
    return pageFor(request, query, await this.users.list(ctx, query));
  }

  @Post()
  @Endpoint({ right: 'administer', summary: 'Make a user', answer: UserView })
  async create(@RequestCtx() ctx: Ctx, @ZodBody(UserCreate) body: UserCreate): Promise<UserView> {
    return this.users.show(await this.creating.create(ctx, body));
  }

  @Get(':id')
  @Endpoint({ right: 'administer', summary: 'A user', answer: UserView })
  async get(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<UserView> {
    return this.users.view(ctx, id);
  }

  @Patch(':id')
  @Endpoint({ right: 'administer', summary: 'Change a user', answer: UserView })
  async update(@RequestCtx() ctx: Ctx, @IdParam() id: string, @ZodBody(UserUpdate) body: UserUpdate): Promise<UserView> {
    return this.users.show(await this.changing.update(ctx, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Endpoint({ right: 'administer', summary: 'Remove a user', status: 204 })
  async remove(@RequestCtx() ctx: Ctx, @IdParam() id: string): Promise<void> {
    await this.changing.remove(ctx, id);
  }
}
