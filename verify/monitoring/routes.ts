import { must } from '../kit/command';
import { goProgram } from '../kit/tools';

/** Who is told of what: the label sets of real alerts. What nobody has asked for is for the first, or the platform. */
export const routes: readonly (readonly [labels: string, receivers: readonly string[]])[] = [
  ['severity=none alertname=Watchdog', ['heartbeat']],
  ['severity=critical component=postgres alertname=PostgresDown', ['chat', 'on-call', 'dba', 'hook']],
  ['severity=critical component=application alertname=ServiceDown', ['chat', 'on-call', 'hook']],
  ['severity=warning component=backup alertname=BackupFailed', ['chat', 'dba', 'hook']],
  ['severity=warning component=edge alertname=CertificateExpiring', ['chat', 'hook']],
  ['severity=info component=redis alertname=RedisMemoryHigh', ['hook']],
  ['severity=unheard component=of', []],
];

/** The receivers that a configuration leads labels to, as amtool finds them. */
export async function receiversOf(configuration: string, labels: string): Promise<string> {
  const args = ['config', 'routes', 'test', '--config.file', configuration, ...labels.split(' ')];
  return (await must(goProgram('amtool').path, args)).trim();
}
