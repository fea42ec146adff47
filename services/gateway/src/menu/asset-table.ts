import { printableLine } from '@sallyport/context';
import type { GrantedAsset } from '@sallyport/proto-gen/access/v1/target';
import { columnsOf, cutToColumns, padToColumns } from './text-columns.js';

/** Returns the rows of a page of assets, numbered from `first`. Characters that a terminal obeys or hides are replaced: they could move the cursor or turn the direction of a row. */
export function assetTable(assets: readonly GrantedAsset[], first: number, cols: number): string[] {
  const rows = assets.map((asset, index) => [
    String(first + index),
    asset.name,
    asset.address,
    asset.accounts.map((account) => account.username).join(', '),
    asset.comment,
  ]);
  return layOut([['No.', 'Name', 'Address', 'Accounts', 'Comment'], ...rows], cols);
}

/** The maximum width of each column but the last. */
const MAX_COLUMN = 40;

function layOut(rows: readonly (readonly string[])[], cols: number): string[] {
  const clean = rows.map((row) => row.map((cell) => printableLine(cell)));
  const widths = (clean[0] ?? []).map((_, column) => Math.min(MAX_COLUMN, Math.max(...clean.map((row) => columnsOf(row[column] ?? '')))));
  const join = (row: readonly string[]): string => row.map((cell, column) => padToColumns(cell, widths[column] ?? 0)).join('  ');
  return clean.map((row) => cutToColumns(join(row).trimEnd(), cols));
}
