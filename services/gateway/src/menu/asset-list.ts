import type { GrantedAsset, ListGrantedResponse } from '@sallyport/proto-gen/access/v1/target';

/** Fetches a page of the assets that the user may reach from core. */
export type ListAssets = (page: { search: string; limit: number; offset: number }) => Promise<ListGrantedResponse>;

/** The part of the user's assets that is on the screen. */
export class AssetList {
  search = '';
  assets: readonly GrantedAsset[] = [];
  count = 0;
  private offset = 0;

  constructor(private readonly list: ListAssets) {}

  /** Returns the number of the first row shown. */
  get firstNumber(): number {
    return this.offset + 1;
  }

  get lastNumber(): number {
    return this.offset + this.assets.length;
  }

  async show(limit: number): Promise<void> {
    const { assets, count } = await this.list({ search: this.search, limit, offset: this.offset });
    this.assets = assets;
    this.count = count;
  }

  async searchFor(text: string, limit: number): Promise<void> {
    this.search = text;
    this.offset = 0;
    await this.show(limit);
  }

  /** Turns a page. Returns false if there is none in that direction. */
  async turn(direction: 'next' | 'previous', limit: number): Promise<boolean> {
    const offset = direction === 'next' ? this.offset + limit : Math.max(0, this.offset - limit);
    if (offset === this.offset || offset >= this.count) return false;
    this.offset = offset;
    await this.show(limit);
    return true;
  }

  byNumber(number: number): GrantedAsset | undefined {
    return this.assets[number - this.firstNumber];
  }

  /** Returns the asset of exactly this name or address, if only one matches. */
  byName(text: string): GrantedAsset | undefined {
    const wanted = text.toLowerCase();
    const found = this.assets.filter((asset) => [asset.name, asset.address, asset.id].some((known) => known.toLowerCase() === wanted));
    return found.length === 1 ? found[0] : undefined;
  }
}
