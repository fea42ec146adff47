export { BUS } from './bus-token.js';
export { BusModule } from './bus.module.js';
