import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { Right } from './rights.js';

/** What a route says about itself: held by the auth guard, shown in the OpenAPI document. */
export interface EndpointFacts {
  readonly right: Right;
  readonly summary: string;
  /** Body of the success answer; absent: none. */
  readonly answer?: z.ZodType;
  /** Media types of a success answer that is not JSON. */
  readonly produces?: readonly string[];
  /** Success status, where it is not the method's usual one. Only told here: set it by @HttpCode. */
  readonly status?: number;
  /** May be called by somebody who has to change the password first. */
  readonly beforePasswordChange?: boolean;
}

export const ENDPOINT = Symbol('endpoint');

/** Declares a route. A route without it is refused to everybody. */
export const Endpoint = (facts: EndpointFacts): MethodDecorator => SetMetadata(ENDPOINT, facts);
