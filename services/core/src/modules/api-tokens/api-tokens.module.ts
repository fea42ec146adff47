import { Module } from '@nestjs/common';
import { ApiTokenRepository } from './api-token.repository.js';
import { ApiTokens } from './api-tokens.service.js';

@Module({ providers: [ApiTokenRepository, ApiTokens], exports: [ApiTokens] })
export class ApiTokensModule {}
