export {
  inDatabase,
  prepareProductDatabase,
  productUrls,
  withClient,
  type ProductDatabase,
  type ProductRoles,
} from './prepare-product-database.js';
