export { repositoryLines, SubjectBackup, WholeBackup } from './backup';
export { configurationOf } from './configuration';
export { type BackupContribution, type BackupWork, throwAwayFolder } from './contribution';
export { backupMonitoring } from './monitoring';
export { repositoryScript } from './repository-script';
export { wholeFiles } from './whole-files';
