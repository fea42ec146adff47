/** Injection token of the bus: `@Inject(BUS) bus: Bus`. */
export const BUS = Symbol('Bus');
