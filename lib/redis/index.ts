export { serverConfiguration, startScript } from './configuration';
export { Redis, type RedisProps } from './redis';
