export { MigrationJob, type MigrationJobProps } from './migration-job';
