export { redisBackup } from './backup';
export { backupFiles } from './backup-files';
export { serverConfiguration, startScript } from './configuration';
export { redisMonitoring } from './monitoring';
export { Redis, type RedisProps } from './redis';
