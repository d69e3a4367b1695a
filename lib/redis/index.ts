export { redisBackup } from './backup';
export { backupFiles } from './backup-files';
export { serverConfiguration, startScript } from './configuration';
export { memberReadyScript, memberStartScript } from './member-files';
export { redisMonitoring } from './monitoring';
export { Redis, type RedisProps } from './redis';
