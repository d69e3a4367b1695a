export { postgresBackup } from './backup';
export { backupFiles } from './backup-files';
export { hostBasedAuthentication, serverConfiguration } from './configuration';
export { prepareScript, startScript } from './member-files';
export { postgresMonitoring } from './monitoring';
export { Postgres } from './postgres';
export type { PostgresProps } from './props';
export { rolesFiles } from './roles-files';
export { PostgresRoles } from './roles-job';
