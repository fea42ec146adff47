/** Most requests to wait for. A client cannot make the gateway keep more. */
const REQUEST_LIMIT = 16_384;

/** Requests that wait for their answers, by id. A client may use an id again before the answer; a server answers in order. */
export class PendingRequests<R> {
  private readonly byId = new Map<number, R[]>();
  private count = 0;

  /** Keeps a request. Returns false if too many wait. */
  add(id: number, request: R): boolean {
    if (this.count >= REQUEST_LIMIT) return false;
    const same = this.byId.get(id);
    if (same) same.push(request);
    else this.byId.set(id, [request]);
    this.count += 1;
    return true;
  }

  /** Removes and returns the request that an answer belongs to. */
  take(id: number): R | undefined {
    const same = this.byId.get(id);
    const request = same?.shift();
    if (request === undefined) return undefined;
    if (same?.length === 0) this.byId.delete(id);
    this.count -= 1;
    return request;
  }

  /** Removes and returns all requests. */
  takeAll(): R[] {
    const all = [...this.byId.values()].flat();
    this.byId.clear();
    this.count = 0;
    return all;
  }
}
