export { Components } from './components.service.js';
export { ComponentsModule } from './components.module.js';
