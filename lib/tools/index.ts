export { Ollama } from './ollama';
export { PgAdmin, pgAdminEmail } from './pgadmin';
export { RedisCommander } from './redis-commander';
export type { ToolProps } from './tool';
