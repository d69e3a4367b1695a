export { redisBackup } from './backup';
export { backupFiles } from './backup-files';
export { clusterReadyScript, clusterStartScript, clusterStopScript } from './cluster-files';
export { clusterConfiguration, serverConfiguration, startScript } from './configuration';
export { memberReadyScript, memberStartScript } from './member-files';
export { redisMonitoring } from './monitoring';
export { Redis, type RedisProps } from './redis';
