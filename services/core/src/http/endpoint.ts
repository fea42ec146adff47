import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { Right } from '../rights/index.js';

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
  /** True if a user with a password that has to be changed may call it. */
  readonly beforePasswordChange?: boolean;
}

export const ENDPOINT = Symbol('endpoint');

/** Declares an endpoint. The guard refuses a route without it; ESLint finds it before. */
export const Endpoint = (facts: EndpointFacts): MethodDecorator => SetMetadata(ENDPOINT, facts);

/** Returns the rights that a caller needs; none for a public endpoint. */
export const rightsOf = ({ right, andRights = [] }: EndpointFacts): Right[] => (right === 'public' ? [] : [right, ...andRights]);
