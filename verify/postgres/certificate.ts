import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateScript } from '../../lib/secrets/script';
import { must } from '../kit/command';

const files = ['tls.crt', 'tls.key', 'ca.crt'];

/**
 * A certificate as the bootstrap's script makes it, mounted as the kubelet does: `root` owns the files, the group of the
 * pod reads them, and a renewal is a link that is replaced.
 */
export class CertificateFolder {
  private constructor(
    private readonly base: string,
    private readonly names: string,
  ) {}

  static async make(hosts: readonly string[]): Promise<CertificateFolder> {
    const base = mkdtempSync(join(tmpdir(), 'keelson-certificate-'));
    chmodSync(base, 0o755);
    mkdirSync(join(base, 'mount'));
    for (const file of files) symlinkSync(`..data/${file}`, join(base, 'mount', file));
    const made = new CertificateFolder(base, ['IP:127.0.0.1', ...hosts.map((host) => `DNS:${host}`)].join(','));
    await made.renew();
    return made;
  }

  get path(): string {
    return join(this.base, 'mount');
  }

  get authority(): string {
    return join(this.path, 'ca.crt');
  }

  /** Another certificate, of another authority. */
  async renew(): Promise<void> {
    const fresh = `..${readdirSync(this.path).length}-${Date.now()}`;
    writeFileSync(join(this.base, 'certificates.sh'), certificateScript);
    await must('sh', [join(this.base, 'certificates.sh'), this.path, '30', `${fresh}=${this.names}`]);
    await must('sh', [
      '-c',
      'chown root:postgres "$0"/* && chmod 0440 "$0"/* && chmod 0444 "$0/ca.crt" && chmod 0755 "$0"',
      join(this.path, fresh),
    ]);
    symlinkSync(fresh, join(this.path, '..new'));
    renameSync(join(this.path, '..new'), join(this.path, '..data'));
  }

  /** What a client would be shown that trusts the file of now. */
  async fingerprint(): Promise<string> {
    return must('openssl', ['x509', '-noout', '-fingerprint', '-in', join(this.path, 'tls.crt')]);
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}
