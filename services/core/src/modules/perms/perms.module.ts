import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/index.js';
import { UsersModule } from '../users/index.js';
import { AccessChangeRepository } from './access-change.repository.js';
import { AccessChanges } from './access-changes.service.js';
import { AssetPermissionController } from './asset-permission.controller.js';
import { AssetPermissions } from './asset-permissions.service.js';
import { GrantRepository } from './grant.repository.js';
import { Grants } from './grants.service.js';
import { OwnAssetsController } from './own-assets.controller.js';

@Module({
  imports: [UsersModule, AssetsModule],
  controllers: [AssetPermissionController, OwnAssetsController],
  providers: [AssetPermissions, GrantRepository, Grants, AccessChangeRepository, AccessChanges],
  exports: [AssetPermissions, Grants, AccessChanges],
})
export class PermsModule {}
