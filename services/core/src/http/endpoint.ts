import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { Right } from '../rights/index.js';

/** Statuses that an endpoint may refuse with for reasons of its own. */
export type RefusalStatus = 400 | 401 | 404 | 409 | 429 | 503;

/** Codes of an endpoint's own errors by status. Those that every endpoint of its form has are added. */
export type Refusals = Readonly<Partial<Record<RefusalStatus, readonly string[]>>>;

/** Facts of an endpoint: the auth guard enforces them, the OpenAPI document shows them. */
export interface EndpointFacts {
  /** Right that the caller needs; `public` for an endpoint without sign-in. */
  readonly right: Right | 'public';
  /** Further rights that the caller needs. */
  readonly andRights?: readonly Right[];
  readonly summary: string;
  /** Body of the success answer; absent for an empty one. */
  readonly answer?: z.ZodType;
  /** Media types of a success answer that is not JSON. */
  readonly produces?: readonly string[];
  /** Success status, where it is not the method's usual one. It is only shown: @HttpCode sets it. */
  readonly status?: number;
  /** Codes of its own errors; the OpenAPI document lists them. */
  readonly refuses?: Refusals;
  /** Further statuses that it answers with, and their meaning. They have no JSON body. */
  readonly alsoAnswers?: Readonly<Record<number, string>>;
  /** True if it compares the header If-Match with the row's version. */
  readonly takesIfMatch?: boolean;
  /** True if a user with a password that has to be changed may call it. */
  readonly beforePasswordChange?: boolean;
}

export const ENDPOINT = Symbol('endpoint');

/** Declares an endpoint. The guard refuses a route without it; ESLint finds it before. */
export const Endpoint = (facts: EndpointFacts): MethodDecorator => SetMetadata(ENDPOINT, facts);

/** Returns the rights that a caller needs; none for a public endpoint. */
export const rightsOf = ({ right, andRights = [] }: EndpointFacts): Right[] => (right === 'public' ? [] : [right, ...andRights]);
