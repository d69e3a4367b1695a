/** TLS is turned on and off under a primary with a replica, in the order in which a StatefulSet replaces its pods. */
import { strict as assert } from 'node:assert';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../kit/command';
import { freePorts } from '../servers/ports';
import { CertificateFolder } from './certificate';
import { Member, passwords } from './member';

async function streams(primary: Member): Promise<string> {
  const asked = 'SELECT string_agg(ssl::text, $$ $$) FROM pg_stat_replication JOIN pg_stat_ssl USING (pid)';
  for (let tries = 0; tries < 150; tries += 1) {
    const said = await primary.sql(asked);
    if (said !== '') return said;
    await sleep(200);
  }
  throw new Error('the replica does not stream');
}

async function arrived(primary: Member, replica: Member, value: number): Promise<void> {
  await primary.sql(`INSERT INTO items VALUES (${value})`);
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await replica.sql(`SELECT count(*) FROM items WHERE id = ${value}`)) === '1') return;
    await sleep(100);
  }
  throw new Error(`${value} has not arrived`);
}

/** An edit: the last pod is replaced first, and must be ready before the next one goes. */
async function edit(members: readonly [Member, Member], certificate: CertificateFolder | undefined): Promise<void> {
  for (const member of [...members].reverse()) {
    member.encrypt(certificate);
    await member.stop();
    await member.launch(0);
    assert.match(await member.sql('SELECT count(*) >= 0 FROM items'), /t/, 'it can be read');
  }
}

export async function transition(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-transition-'));
  chmodSync(folder, 0o755);
  const ports = await freePorts(2);
  const certificate = await CertificateFolder.make(['db']);
  const member = (ordinal: number): Member => new Member(join(folder, `db-${ordinal}`), ordinal, ports, undefined);
  const members = [member(0), member(1)] as const;
  const [primary, replica] = members;
  await must('chown', ['-R', 'postgres:postgres', folder]);
  try {
    await primary.launch(0);
    await primary.sql(`CREATE ROLE replicator LOGIN REPLICATION PASSWORD $p$${passwords.replication}$p$`);
    await primary.sql('CREATE TABLE items (id int PRIMARY KEY)');
    await replica.launch(0);
    assert.equal(await streams(primary), 'false');
    await edit(members, certificate);
    assert.equal(await streams(primary), 'true');
    await arrived(primary, replica, 1);
    console.log('ok  TLS is turned on, replicas first, and everything streams again, encrypted');
    await edit(members, undefined);
    assert.equal(await streams(primary), 'false');
    await arrived(primary, replica, 2);
    console.log('ok  TLS is turned off the same way');
  } finally {
    for (const one of members) await one.stop();
    certificate.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
