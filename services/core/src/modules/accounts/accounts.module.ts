import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/index.js';
import { AccountController } from './account.controller.js';
import { AccountRepository } from './account.repository.js';
import { Accounts } from './accounts.service.js';
import { Credentials } from './credentials.service.js';

@Module({
  imports: [AssetsModule],
  controllers: [AccountController],
  providers: [AccountRepository, Accounts, Credentials],
  exports: [Accounts, Credentials],
})
export class AccountsModule {}
